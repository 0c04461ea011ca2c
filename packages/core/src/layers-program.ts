import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { LayerInfo } from './classifier.js'
import { VatunError } from './errors.js'
import type { Kernel, Program, Step } from './tfjs-program.js'

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
  Add: 'other',
  Average: 'other',
  Concatenate: 'other',
  Maximum: 'other',
  Minimum: 'other',
  Multiply: 'other',
}

const CONTINUING: ReadonlySet<string> = new Set([
  'Activation',
  'AlphaDropout',
  'BatchNormalization',
  'Dropout',
  'ELU',
  'GaussianDropout',
  'GaussianNoise',
  'LayerNormalization',
  'LeakyReLU',
  'PReLU',
  'ReLU',
  'SpatialDropout2D',
  'ThresholdedReLU',
])

type Layer = tfl.layers.Layer

/**
 * Reads the topology of a layers model, which may be any graph of layers with one input and one output.
 * @param dispose Frees the weights, if they are the program's.
 * @throws VatunError `unsupported` for other models.
 */
export function layersProgram(model: tfl.LayersModel, dispose: () => void): Program {
  const { inputs, outputs } = model
  if (inputs.length !== 1 || outputs.length !== 1)
    throw new VatunError(
      'unsupported',
      `openLayersModel: ${inputs.length} inputs and ${outputs.length} outputs, expected one image and one row of scores`,
    )
  const [, height, width, channels] = inputs[0]!.shape
  if (inputs[0]!.shape.length !== 4 || !height || !width || !channels)
    throw new VatunError(
      'unsupported',
      `openLayersModel: input is [${inputs[0]!.shape.join(', ')}], expected [n, height, width, channels] with fixed sizes`,
    )
  const traced = trace(outputs[0]!, inputs[0]!)
  const { steps, output } = traced
  const [last, lastLayer] = [steps.at(-1), traced.lastLayer]
  const core = { where: 'openLayersModel', input: { value: inputs[0]!.name, height, width, channels }, dispose }
  if (!last || !lastLayer || activationOf(lastLayer) !== 'softmax')
    return { ...core, steps, output, beforeSoftmax: false }
  const before = steps.slice(0, -1)
  if (last.layer?.kind !== 'dense') return { ...core, steps: before, output: last.inputs[0]!, beforeSoftmax: true }
  return { ...core, steps: [...before, { ...last, kernel: linearKernel(lastLayer) }], output, beforeSoftmax: true }
}

/** The layers that the output needs, each after what it needs; those of models inside the model one by one. */
function trace(output: tfl.SymbolicTensor, input: tfl.SymbolicTensor) {
  const steps: Step[] = []
  let lastLayer: Layer | undefined
  const uses = new Map<string, number>()
  // A layer that is used more than once appears once per use: name, name_2, …
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
    if (node.outputTensors.length > 1)
      throw new VatunError('unsupported', `openLayersModel: layer "${layer.name}" has several outputs`)
    let value = prefix + tensor.name
    if (layer instanceof tfl.LayersModel) {
      const inner = new Map(layer.inputs.map((t, i) => [t.name, inputs[i]!]))
      value = visit(layer.outputs[0]!, `${prefix}${layer.name}.`, inner)
    } else {
      steps.push(createStep(layer, unique(prefix + layer.name), inputs, value))
      lastLayer = layer
    }
    values.set(tensor.name, value)
    return value
  }
  const value = visit(output, '', new Map([[input.name, input.name]]))
  return { steps, lastLayer, output: value }
}

function createStep(layer: Layer, name: string, inputs: string[], output: string): Step {
  const className = layer.getClassName()
  const kind = KINDS[className]
  return {
    label: `${className} "${name}"`,
    kernel: className === 'Conv2D' ? convKernel(layer) : applyKernel(layer),
    inputs,
    output,
    ...(kind && { layer: { name, kind } }),
    continuesLayer: CONTINUING.has(className) && activationOf(layer) !== 'softmax',
  }
}

function applyKernel(layer: Layer): Kernel {
  return (inputs) => layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training: false }) as tf.Tensor
}

interface ConvConfig {
  readonly strides: [number, number]
  readonly padding: 'valid' | 'same'
  readonly dilationRate: [number, number]
  readonly dataFormat: string
}

/** A convolution layer executes one fused operation, whose gradient wants more than some backends have: only for plain passes. */
function convKernel(layer: Layer): Kernel {
  const { strides, padding, dilationRate, dataFormat } = layer.getConfig() as unknown as ConvConfig
  if (dataFormat === 'channelsFirst')
    throw new VatunError('unsupported', `openLayersModel: layer "${layer.name}" is channels-first`)
  const [filter, bias] = layer.getWeights()
  const activation = tfl.layers.activation({ activation: activationOf(layer) })
  const plain = applyKernel(layer)
  return (inputs, differentiable) => {
    if (!differentiable) return plain(inputs, false)
    const sums = tf.conv2d(inputs[0] as tf.Tensor4D, filter as tf.Tensor4D, strides, padding, 'NHWC', dilationRate)
    return activation.apply(bias ? tf.add(sums, bias) : sums) as tf.Tensor
  }
}

/** A dense layer without its activation function. */
function linearKernel(layer: Layer): Kernel {
  const [weight, bias] = layer.getWeights()
  return ([x]) => {
    const product = tf.matMul(x as tf.Tensor2D, weight as tf.Tensor2D)
    return bias ? tf.add(product, bias) : product
  }
}

type ActivationName = Parameters<typeof tfl.layers.activation>[0]['activation']

function activationOf(layer: Layer): ActivationName {
  if (layer.getClassName() === 'Softmax') return 'softmax'
  const { activation } = layer.getConfig()
  return typeof activation === 'string' ? (activation as ActivationName) : 'linear'
}
