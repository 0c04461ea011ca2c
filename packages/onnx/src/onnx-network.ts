import * as tf from '@tensorflow/tfjs-core'
import { type LayerInfo, VatunError } from '@vatun/core'
import { type Fetch, LOGITS, type TfjsNetwork } from '@vatun/core/layers'
import { compile, execute, type LayerValue, type Program } from './compile.js'
import type { Graph } from './graph.js'
import { createWeightStore } from './weight-store.js'

/**
 * Puts a graph on the device. Runs it once on a black image, which tells the layers' sizes and finds what does not fit together.
 * @throws VatunError `bad-input` or `unsupported`, naming the node; nothing stays on the device then.
 */
export function createOnnxNetwork(graph: Graph): TfjsNetwork {
  const weights = createWeightStore()
  try {
    const program = compile(graph, weights)
    const run = createRun(graph, program)
    const { layers, classes } = measure(graph, program.layers, run)
    return {
      input: { height: graph.input.height, width: graph.input.width, channels: graph.input.channels },
      layers,
      penultimate: findPenultimate(graph, program),
      classes,
      output: graph.endsInSoftmax ? 'softmax' : 'logits',
      run,
      dispose: () => weights.dispose(),
    }
  } catch (error) {
    weights.dispose()
    throw error
  }
}

function createRun(graph: Graph, { steps, layers }: Program): TfjsNetwork['run'] {
  const valueOf = new Map(layers.map(({ name, value }) => [name, value]))
  return (input, fetches, { differentiable, replace }) =>
    tf.tidy(() => {
      const given = new Map<string, tf.Tensor>([[graph.input.name, input]])
      if (replace) given.set(valueOf.get(replace.layer)!, replace.activation)
      const targets = fetches.map((fetch) => (fetch === LOGITS ? graph.output : valueOf.get(fetch)!))
      const results = execute(steps, given, targets, differentiable)
      return results.map((result, i) =>
        fetches[i] === LOGITS && graph.endsInSoftmax ? tf.logSoftmax(result) : tf.clone(result),
      )
    })
}

function measure(
  graph: Graph,
  layers: readonly LayerValue[],
  run: TfjsNetwork['run'],
): { layers: LayerInfo[]; classes: number } {
  const { height, width, channels } = graph.input
  const shapes = tf.tidy(() => {
    try {
      const fetches: Fetch[] = [LOGITS, ...layers.map((layer) => layer.name)]
      return run(tf.zeros([1, height, width, channels]), fetches, { differentiable: false }).map((t) => t.shape)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      throw new VatunError('bad-input', `openOnnx: ${message}`, { cause: error })
    }
  })
  const [output, ...sizes] = shapes
  if (output!.length !== 2 || output![0] !== 1)
    throw new VatunError(
      'unsupported',
      `openOnnx: output "${graph.output}" is [${output!.join(', ')}] for one image, expected [1, classes]`,
    )
  return {
    classes: output![1]!,
    layers: layers.map(({ name, kind }, i) => {
      const shape = sizes[i]!
      const isMap = shape.length === 4
      return { name, kind, channels: shape.at(-1)!, height: isMap ? shape[1]! : 1, width: isMap ? shape[2]! : 1 }
    }),
  }
}

/** The nearest layer before the last one, by walking back from the output. */
function findPenultimate(graph: Graph, { steps, layers }: Program): string {
  const layerOf = new Map(layers.map(({ name, value }) => [value, name]))
  const producerOf = new Map(steps.map((step) => [step.output, step]))
  const nearest = (start: readonly string[]): string | undefined => {
    const queue = [...start]
    for (const value of queue) {
      if (layerOf.has(value)) return value
      queue.push(...(producerOf.get(value)?.inputs ?? []))
    }
    return undefined
  }
  const last = nearest([graph.output])
  if (last === undefined)
    throw new VatunError(
      'unsupported',
      'openOnnx: the graph has no convolution, pool or dense layer, expected a network',
    )
  return layerOf.get(nearest(producerOf.get(last)?.inputs ?? []) ?? last)!
}
