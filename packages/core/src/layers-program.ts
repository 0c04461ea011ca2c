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
  const output = outputs[0]!
  const steps = trace(output, inputs[0]!)
  const last = steps.at(-1)
  const core = { where: 'openLayersModel', input: { value: inputs[0]!.name, height, width, channels }, dispose }
  if (!last || activationOf(output.sourceLayer) !== 'softmax')
    return { ...core, steps, output: output.name, beforeSoftmax: false }
  if (last.layer?.kind !== 'dense')
    return { ...core, steps: steps.slice(0, -1), output: last.inputs[0]!, beforeSoftmax: true }
  const scores: Step = { ...last, kernel: linearKernel(output.sourceLayer) }
  return { ...core, steps: [...steps.slice(0, -1), scores], output: output.name, beforeSoftmax: true }
}

/** The layers that the output needs, each after what it needs. */
function trace(output: tfl.SymbolicTensor, input: tfl.SymbolicTensor): Step[] {
  const steps: Step[] = []
  const seen = new Set<string>([input.name])
  const visit = (tensor: tfl.SymbolicTensor): void => {
    if (seen.has(tensor.name)) return
    seen.add(tensor.name)
    const layer = tensor.sourceLayer
    const node = layer.inboundNodes[tensor.nodeIndex]!
    if (node.outputTensors.length > 1)
      throw new VatunError('unsupported', `openLayersModel: layer "${layer.name}" has several outputs`)
    node.inputTensors.forEach(visit)
    steps.push(
      createStep(
        layer,
        tensor,
        node.inputTensors.map((t) => t.name),
      ),
    )
  }
  visit(output)
  return steps
}

function createStep(layer: Layer, { name, nodeIndex }: tfl.SymbolicTensor, inputs: string[]): Step {
  const className = layer.getClassName()
  const kind = KINDS[className]
  // A layer that is used more than once appears once per use.
  const unique = nodeIndex === 0 ? layer.name : `${layer.name}_${nodeIndex + 1}`
  return {
    label: `${className} "${layer.name}"`,
    kernel: className === 'Conv2D' ? convKernel(layer) : applyKernel(layer),
    inputs,
    output: name,
    ...(kind && { layer: { name: unique, kind } }),
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
