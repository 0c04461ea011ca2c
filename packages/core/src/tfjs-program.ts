import * as tf from '@tensorflow/tfjs-core'
import type { LayerInfo } from './classifier.js'
import { VatunError } from './errors.js'
import type { FinalActivation } from './final-activation.js'
import type { ModelSpec } from './model-spec.js'
import { oneByOne, takesTwo } from './one-by-one.js'
import { readScores, type ScoreReading } from './read-scores.js'
import { LOGITS, type NodeInfo, type TfjsNetwork } from './tfjs-network.js'

/**
 * Executes one node. Gets the tensors of its inputs in order, borrowed; returns a new tensor.
 * Feature maps are `[n, height, width, channels]`; the first axis of every tensor is the batch.
 * @param differentiable Only operations whose gradient by the inputs exists may be used.
 */
export type Kernel = (inputs: readonly tf.Tensor[], differentiable: boolean) => tf.Tensor

/** One node of a {@link Program}. */
export interface Step {
  /** Names the node in error messages: `Conv "stem"`. */
  readonly label: string
  readonly kernel: Kernel
  /** Names of the values it computes from; constants are the kernel's own. */
  readonly inputs: readonly string[]
  /** Name of the value it computes, unique within the program. */
  readonly output: string
  /** A layer with a name of its own, unique within the program. */
  readonly layer?: Pick<LayerInfo, 'name' | 'kind'>
  /**
   * The step continues the layer before it, which then stands for this step's output, if it alone uses that layer's output: an
   * activation function, a normalisation.
   */
  readonly continuesLayer?: boolean
}

/** A network as a list of steps: what the file formats are read into. */
export interface Program {
  /** Starts error messages: the function that opens the format. */
  readonly where: string
  readonly input: TfjsNetwork['input'] & { readonly value: string }
  /** In order of execution: what the output needs, and what the file makes of it. */
  readonly steps: readonly Step[]
  /** Names by which values can be asked for beside those of the layers, and the values. */
  readonly nodes?: ReadonlyMap<string, string>
  /** Name of the value that holds the class scores: a row for each image, among axes of one entry in any place. */
  readonly output: string
  /** The file was made for one image at a time, and may do without their axis on the way. */
  readonly isForOneImage?: boolean
  /** What the file makes of the output at its end. */
  readonly activation: FinalActivation | undefined
  /** Frees the weights. */
  dispose(): void
}

/** The network of a program. */
export interface ProgramNetwork extends TfjsNetwork {
  /** Reads the program's output where another engine has computed it. */
  readonly readScores: ScoreReading['onHost']
}

/**
 * Makes a network of a program, which it owns from then on, also when this rejects. Runs it once on a black image: that tells
 * the sizes of the layers, finds what does not fit together, and tells a softmax at the end by its values.
 * @param overrides What the output is, if inspection would get it wrong.
 * @throws VatunError `bad-input` or `unsupported`, naming the node.
 */
export async function createProgramNetwork(
  program: Program,
  overrides: Pick<ModelSpec, 'output'> = {},
): Promise<ProgramNetwork> {
  try {
    const { input, steps, output } = program
    const { layers, info, nodes, scores } = await measure(program, findLayerValues(program))
    const reading = readScores(program, scores, overrides.output)
    const values = new Map([...(program.nodes ?? []), ...layers.map(({ name, value }) => [name, value] as const)])
    const run: TfjsNetwork['run'] = (images, fetches, { differentiable, replace, reduce = tf.clone }) =>
      tf.tidy(() => {
        const given = new Map([[input.value, images as tf.Tensor]])
        if (replace) given.set(values.get(replace.layer)!, replace.activation)
        const targets = fetches.map((fetch) => (fetch === LOGITS ? output : values.get(fetch)!))
        return execute(steps, given, targets, differentiable, (value, i) =>
          fetches[i] === LOGITS ? reading.logits(value) : reduce(value, i),
        )
      })
    const takesSeveral = !program.isForOneImage || (await takesTwo(run, input, reading.onHost(scores).logits))
    return {
      input: { height: input.height, width: input.width, channels: input.channels },
      layers: info,
      nodes,
      penultimate: findPenultimate(program, layers),
      classes: reading.classes,
      output: reading.output,
      readScores: reading.onHost,
      run: takesSeveral ? run : oneByOne(run),
      dispose: () => program.dispose(),
    }
  } catch (error) {
    program.dispose()
    throw error
  }
}

/** The value that a layer stands for. */
export interface LayerValue {
  readonly name: string
  readonly kind: LayerInfo['kind']
  readonly value: string
}

/** The layers of a program, each with the value it stands for: its own output, or that of the last step that continues it. */
export function findLayerValues({ steps, output }: Program): LayerValue[] {
  const users = new Map<string, Step[]>()
  for (const step of steps) for (const name of step.inputs) users.set(name, [...(users.get(name) ?? []), step])
  return steps.flatMap(({ layer, output: own }) => {
    if (!layer) return []
    let value = own
    while (value !== output) {
      const [next, ...others] = users.get(value) ?? []
      if (!next?.continuesLayer || others.length > 0) break
      value = next.output
    }
    return [{ ...layer, value }]
  })
}

/** Leaves out layers that compute parts of an image as if they were images. */
async function measure(program: Program, candidates: readonly LayerValue[]) {
  const { where, input, steps, output } = program
  const shapes = new Map<string, { shape: readonly number[]; dtype: tf.DataType }>()
  const last = tf.tidy(() => {
    try {
      const black: tf.Tensor = tf.zeros([1, input.height, input.width, input.channels])
      const note = (name: string, { shape, dtype }: tf.Tensor): void => void shapes.set(name, { shape, dtype })
      const end = steps.at(-1)?.output ?? output
      // As for gradients: the wasm backend keeps weights a second time for each way of running, and with a faster engine beside this
      // network gradients are all that it is for.
      return execute(steps, new Map([[input.value, black]]), [output, end], true, tf.clone, note)[0]!
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new VatunError('bad-input', `${where}: ${message}`, { cause: error })
    }
  })
  try {
    if (last.shape.filter((size) => size !== 1).length > 1 || last.size === 0)
      throw new VatunError(
        'unsupported',
        `${where}: the output "${output}" is [${last.shape.join(', ')}] for one image, expected one value for each class`,
      )
    const layers = candidates.filter(({ value }) => shapes.get(value)!.shape[0] === 1)
    const info = layers.map(({ name, kind, value }): LayerInfo => {
      const { shape } = shapes.get(value)!
      const [, height, width] = shape
      const isMap = shape.length === 4
      return { name, kind, channels: shape.at(-1)!, height: isMap ? height! : 1, width: isMap ? width! : 1 }
    })
    const nodes = Array.from(program.nodes ?? []).flatMap(([name, value]): NodeInfo[] => {
      const found = shapes.get(value)
      const holdsImages = found?.dtype === 'float32' && found.shape[0] === 1
      return holdsImages ? [{ name, shape: found.shape.slice(1) }] : []
    })
    return { layers, info, nodes, scores: (await last.data()) as Float32Array }
  } finally {
    last.dispose()
  }
}

/** The nearest layer before the last one with weights, by walking back from the output. */
function findPenultimate({ where, steps, output }: Program, layers: readonly LayerValue[]): string {
  const layerOf = new Map(layers.map((layer) => [layer.value, layer]))
  const producerOf = new Map(steps.map((step) => [step.output, step]))
  const inputsOfLayer = (name: string): readonly string[] => steps.find((s) => s.layer?.name === name)?.inputs ?? []
  const nearest = (start: readonly string[], accepts: (kind: LayerInfo['kind']) => boolean): string | undefined => {
    // A set yields what is added while it is iterated.
    const queue = new Set(start)
    for (const value of queue) {
      const layer = layerOf.get(value)
      if (layer && accepts(layer.kind)) return layer.name
      for (const name of producerOf.get(value)?.inputs ?? []) queue.add(name)
    }
    return undefined
  }
  const any = () => true
  // A pool may follow the layer that makes the scores, as in SqueezeNet.
  const last = nearest([output], (kind) => kind === 'conv' || kind === 'dense') ?? nearest([output], any)
  if (last === undefined)
    throw new VatunError('unsupported', `${where}: no convolution, pool or dense layer, expected an image classifier`)
  return nearest(inputsOfLayer(last), any) ?? last
}

/**
 * Executes what the targets need, not past what is given. Call it inside `tf.tidy`.
 * @param take Makes a new tensor, the result, of a target's value (borrowed) as soon as that is there, so that it need not be kept.
 * @param note Is told every value as it is computed.
 */
function execute(
  steps: readonly Step[],
  given: ReadonlyMap<string, tf.Tensor>,
  targets: readonly string[],
  differentiable: boolean,
  take: (value: tf.Tensor, target: number) => tf.Tensor,
  note?: (name: string, value: tf.Tensor) => void,
): tf.Tensor[] {
  const { needed, uses } = plan(steps, given, targets)
  const values = new Map(given)
  const results: tf.Tensor[] = []
  const release = (name: string): void => {
    uses.set(name, uses.get(name)! - 1)
    if (differentiable || uses.get(name)! > 0 || given.has(name)) return
    values.get(name)!.dispose()
    values.delete(name)
  }
  const collect = (value: tf.Tensor, name: string): void =>
    targets.forEach((target, i) => {
      if (target !== name) return
      results[i] = take(value, i)
      release(name)
    })
  given.forEach(collect)
  for (const step of needed) {
    const result = runStep(step, values, differentiable)
    values.set(step.output, result)
    note?.(step.output, result)
    collect(result, step.output)
    step.inputs.forEach(release)
  }
  return results
}

function runStep(step: Step, values: ReadonlyMap<string, tf.Tensor>, differentiable: boolean): tf.Tensor {
  try {
    const inputs = step.inputs.map((name) => values.get(name)!)
    return step.kernel(inputs, differentiable)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new Error(`${step.label}: ${message}`, { cause: error })
  }
}

/** The steps that the targets need, and how often each value is used. */
function plan(steps: readonly Step[], given: ReadonlyMap<string, tf.Tensor>, targets: readonly string[]) {
  const uses = new Map<string, number>()
  const use = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1)
  targets.forEach(use)
  const needed: Step[] = []
  for (const step of steps.toReversed()) {
    if (!uses.has(step.output) || given.has(step.output)) continue
    needed.push(step)
    step.inputs.forEach(use)
  }
  return { needed: needed.toReversed(), uses }
}
