import * as tfl from '@tensorflow/tfjs-layers'
import type { LayerInfo } from './classifier.js'
import { VatunError } from './errors.js'
import { beforeActivation, type Ending } from './final-activation.js'
import { withoutChannels } from './grey-input.js'
import { PASSING_LAYERS } from './keras-layers.js'
import { activationOf, layerKernel, linearKernel } from './layers-kernels.js'
import type { ModelSpec } from './model-spec.js'
import type { Program, Step } from './tfjs-program.js'

const KINDS: Readonly<Record<string, LayerInfo['kind']>> = {
  Conv2D: 'conv',
  Conv2DTranspose: 'conv',
  DepthwiseConv2D: 'conv',
  SeparableConv2D: 'conv',
  Dense: 'dense',
  MaxPooling2D: 'pool',
  AveragePooling2D: 'pool',
  GlobalAveragePooling2D: 'pool',
  GlobalMaxPooling2D: 'pool',
}

/** Layers that only arrange values: they can be tapped by name, but are not listed. */
const ARRANGING: ReadonlySet<string> = new Set([
  'CenterCrop',
  'Cropping2D',
  'Flatten',
  'Permute',
  'RandomWidth',
  'RepeatVector',
  'Rescaling',
  'Reshape',
  'Resizing',
  'UpSampling2D',
  'ZeroPadding2D',
])

const CONTINUING: ReadonlySet<string> = new Set([
  ...PASSING_LAYERS,
  'Activation',
  'AlphaDropout',
  'BatchNormalization',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'LayerNormalization',
  'LeakyReLU',
  'Normalization',
  'PReLU',
  'ReLU',
  'ThresholdedReLU',
])

/** Larger images than any classifier takes. */
const MAX_SIZE = 4096

/** Values of one image's feature map at most: a damaged size rather than a classifier. */
const MAX_VALUES = 2 ** 25

/**
 * Reads the topology of a layers model, which may be any graph of layers with one image as input.
 * @param dispose Frees the weights, if they are the program's.
 * @throws VatunError `unsupported` for other models, `bad-input` if the options do not tell what the model leaves open.
 */
export function layersProgram(
  model: tfl.LayersModel,
  options: Pick<ModelSpec, 'input' | 'outputName'>,
  dispose: () => void,
): Program {
  const input = model.inputs[0]!
  if (model.inputs.length !== 1) {
    const names = model.inputs.map(({ name, shape }) => `"${name}" ${showShape(shape)}`).join(' and ')
    throw new VatunError('unsupported', `openLayersModel: the model takes ${names}, expected one image`)
  }
  const size = inputSize(input, options.input)
  const { steps, nodes, endings, output } = trace(findOutput(model, options.outputName), input)
  const image = `${input.name}, image`
  const isGrey = input.shape.length === 3
  return {
    where: 'openLayersModel',
    input: { value: isGrey ? image : input.name, ...size },
    nodes,
    steps: isGrey ? [withoutChannels(image, input.name), ...steps] : steps,
    ...beforeActivation(steps, output, (step) => endings.get(step.output)),
    dispose,
  }
}

function inputSize({ shape }: tfl.SymbolicTensor, given: ModelSpec['input']): NonNullable<ModelSpec['input']> {
  // Grey images may come without an axis of channels.
  const [, height, width, channels] = shape.length === 3 ? [...shape, 1] : shape
  const dims = showShape(shape)
  if (shape.length < 3 || shape.length > 4 || channels === 0 || height === 0 || width === 0)
    throw new VatunError(
      'unsupported',
      `openLayersModel: the input is ${dims}, expected [n, height, width, channels] or [n, height, width]`,
    )
  const size = { height: height ?? given?.height, width: width ?? given?.width, channels: channels ?? given?.channels }
  if (given && (given.height !== size.height || given.width !== size.width || given.channels !== size.channels))
    throw new VatunError(
      'bad-input',
      `openLayersModel: the input is ${dims}, which the given ${given.height} × ${given.width} × ${given.channels} does not fit`,
    )
  if (size.height === undefined || size.width === undefined || size.channels === undefined)
    throw new VatunError(
      'bad-input',
      `openLayersModel: the model leaves its input size open, ${dims}: which height, width and channels? Set "input"`,
    )
  if (Math.max(size.height, size.width) > MAX_SIZE)
    throw new VatunError('bad-input', `openLayersModel: the input is ${dims}, expected sizes up to ${MAX_SIZE}`)
  return { height: size.height, width: size.width, channels: size.channels }
}

function showShape(shape: tfl.Shape): string {
  return `[${['n', ...shape.slice(1).map((size) => size ?? '?')].join(', ')}]`
}

function findOutput({ outputs, outputNames }: tfl.LayersModel, wanted: string | undefined): tfl.SymbolicTensor {
  const names = outputNames.join(', ')
  if (wanted === undefined && outputs.length > 1)
    throw new VatunError(
      'bad-input',
      `openLayersModel: which output holds the class scores? Set "outputName" to one of ${names}`,
    )
  const index = wanted === undefined ? 0 : outputNames.indexOf(wanted)
  const output = outputs[index]
  if (output) return output
  throw new VatunError('not-found', `openLayersModel: no output "${wanted}", expected one of ${names}`)
}

/** The layers that the output needs, each after what it needs; those of models inside the model one by one. */
function trace(output: tfl.SymbolicTensor, input: tfl.SymbolicTensor) {
  const steps: Step[] = []
  const nodes = new Map<string, string>()
  const endings = new Map<string, Ending>()
  const uses = new Map<string, number>()
  // A layer or model that is used more than once appears once per use: name, name_2, …
  const unique = (name: string): string => {
    const use = (uses.get(name) ?? 0) + 1
    uses.set(name, use)
    return use === 1 ? name : `${name}_${use}`
  }
  const visit = (tensor: tfl.SymbolicTensor, prefix: string, values: Map<string, string>): string => {
    const known = values.get(tensor.name)
    if (known !== undefined) return known
    const layer = tensor.sourceLayer
    const node = layer.inboundNodes[tensor.nodeIndex]!
    const inputs = node.inputTensors.map((t) => visit(t, prefix, values))
    if (layer instanceof tfl.LayersModel) {
      const name = unique(prefix + layer.name)
      const inner = new Map(layer.inputs.map((t, i) => [t.name, inputs[i]!]))
      const results = layer.outputs.map((t) => visit(t, `${name}.`, inner))
      nodes.set(name, results[0]!)
      for (const [i, t] of node.outputTensors.entries()) values.set(t.name, results[i]!)
      return values.get(tensor.name)!
    }
    if (node.outputTensors.length > 1)
      throw new VatunError('unsupported', `openLayersModel: layer "${prefix}${layer.name}" has several outputs`)
    const name = unique(prefix + layer.name)
    checkMapSize(name, tensor.shape)
    steps.push(...createSteps(layer, name, inputs))
    nodes.set(name, name)
    const ending = endingOf(layer)
    if (ending) endings.set(name, ending)
    values.set(tensor.name, name)
    return name
  }
  const value = visit(output, '', new Map([[input.name, input.name]]))
  return { steps, nodes, endings, output: value }
}

function checkMapSize(name: string, shape: readonly (number | null)[]): void {
  const size = shape.reduce<number>((product, axis) => product * (axis ?? 1), 1)
  if (size <= MAX_VALUES) return
  throw new VatunError(
    'bad-input',
    `openLayersModel: layer "${name}" gives [${shape.map((axis) => axis ?? 'n').join(', ')}], more than the ${MAX_VALUES} values expected of a classifier`,
  )
}

/** What a layer does at the end of a network; softmax and sigmoid may be part of one with weights. */
function endingOf(layer: tfl.layers.Layer): Ending | undefined {
  const className = layer.getClassName()
  if (className === 'Flatten' || className === 'Permute' || className === 'Reshape') return 'arranging'
  const isFunction = className === 'Activation' || className === 'Softmax' || linearKernel(layer) !== undefined
  const activation = activationOf(layer)
  return isFunction && (activation === 'softmax' || activation === 'sigmoid') ? activation : undefined
}

function createSteps(layer: tfl.layers.Layer, name: string, inputs: string[]): Step[] {
  const className = layer.getClassName()
  const isListed = !CONTINUING.has(className) && !ARRANGING.has(className) && className !== 'Softmax'
  const activation = activationOf(layer)
  const step: Step = {
    label: `${className} "${name}"`,
    kernel: layerKernel(layer),
    inputs,
    output: name,
    ...(isListed && { layer: { name, kind: KINDS[className] ?? 'other' } }),
    continuesLayer: CONTINUING.has(className) && activation !== 'softmax',
  }
  const linear = endingOf(layer) && linearKernel(layer)
  if (!linear) return [step]
  // What makes probabilities is a step of its own, so that the values before it can be had.
  const before = `${name}, before ${activation}`
  const apply = layerKernel(tfl.layers.activation({ activation }))
  return [
    { ...step, kernel: linear, output: before },
    { label: step.label, kernel: apply, inputs: [before], output: name, continuesLayer: true },
  ]
}
