import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { averagePool } from './average-pool.js'
import { VatunError } from './errors.js'
import type { Kernel } from './tfjs-program.js'

type Layer = tfl.layers.Layer

/** What executes a layer. @throws VatunError `unsupported` for channels-first layers. */
export function layerKernel(layer: Layer): Kernel {
  if (layer.getConfig().dataFormat === 'channelsFirst')
    throw new VatunError(
      'unsupported',
      `openLayersModel: layer "${layer.name}" is channels-first, expected channels-last: convert the Keras model to a tfjs graph model, where both open`,
    )
  const apply: Kernel = (inputs) =>
    layer.apply(inputs.length === 1 ? inputs[0]! : [...inputs], { training: false }) as tf.Tensor
  const gradual = DIFFERENTIABLE[layer.getClassName()]?.(layer)
  if (!gradual) return apply
  if (isOverInnerAxis(layer)) return gradual
  const activation = tfl.layers.activation({ activation: activationOf(layer) })
  return (inputs, differentiable) =>
    differentiable ? (activation.apply(gradual(inputs, true)) as tf.Tensor) : apply(inputs, false)
}

/**
 * Layers that get other operations where gradients are asked for, without the activation function: those of tfjs are fused with a
 * gradient that computes that of the weights as well, which is slow and which some backends lack, or have a wrong one.
 */
const DIFFERENTIABLE: Readonly<Record<string, (layer: Layer) => Kernel | undefined>> = {
  AveragePooling2D: averagePoolKernel,
  BatchNormalization: batchNormKernel,
  Conv2D: convKernel,
  Dense: denseKernel,
  LayerNormalization: layerNormKernel,
}

interface PoolConfig {
  readonly poolSize: [number, number]
  readonly strides: [number, number]
  readonly padding: 'valid' | 'same'
}

function averagePoolKernel(layer: Layer): Kernel {
  const { poolSize, strides, padding } = layer.getConfig() as unknown as PoolConfig
  return ([x]) => averagePool(x as tf.Tensor4D, poolSize, strides, padding)
}

/** There TensorFlow.js 4.22 meets the last axis with the weights of another. */
function isOverInnerAxis(layer: Layer): boolean {
  if (layer.getClassName() !== 'BatchNormalization') return false
  const [axis] = [layer.getConfig().axis as number | number[]].flat()
  return axis !== -1 && axis !== layer.inputSpec[0]!.ndim! - 1
}

interface BatchNormConfig {
  /** Keras 2 writes a list. */
  readonly axis: number | readonly number[]
  readonly epsilon: number
  readonly scale: boolean
  readonly center: boolean
}

/** As one multiplication and one addition: the gradient in tfjs 4.22 fails on a layer without a scale, and is slow. */
function batchNormKernel(layer: Layer): Kernel {
  const { axis, epsilon, scale, center } = layer.getConfig() as unknown as BatchNormConfig
  const weights = layer.getWeights()
  const gamma = scale ? weights.shift() : undefined
  const beta = center ? weights.shift() : undefined
  const [mean, variance] = weights as [tf.Tensor, tf.Tensor]
  return ([x]) => {
    const inverse = tf.rsqrt(tf.add(variance, epsilon))
    const slope = gamma ? tf.mul(inverse, gamma) : inverse
    const shift = beta ? tf.sub(beta, tf.mul(mean, slope)) : tf.neg(tf.mul(mean, slope))
    return tf.add(tf.mul(x!, alongAxes(slope, x!, [axis].flat())), alongAxes(shift, x!, [axis].flat()))
  }
}

/** Weights of some axes in a shape that meets `x`. */
function alongAxes(weights: tf.Tensor, x: tf.Tensor, axes: readonly number[]): tf.Tensor {
  const along = new Set(axes.map((axis) => (axis < 0 ? axis + x.rank : axis)))
  return tf.reshape(
    weights,
    x.shape.map((size, axis) => (along.has(axis) ? size : 1)),
  )
}

/** Over any axes, from plain operations: the gradient in tfjs 4.22 fails on a layer without a scale, and is slow. */
function layerNormKernel(layer: Layer): Kernel {
  const { axis, epsilon, scale, center } = layer.getConfig() as unknown as BatchNormConfig
  const axes = [axis].flat()
  const weights = layer.getWeights()
  const gamma = scale ? weights.shift() : undefined
  const beta = center ? weights.shift() : undefined
  return ([x]) => {
    const { mean, variance } = tf.moments(x!, axes, true)
    const normal = tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, epsilon)))
    const scaled = gamma ? tf.mul(normal, alongAxes(gamma, x!, axes)) : normal
    return beta ? tf.add(scaled, alongAxes(beta, x!, axes)) : scaled
  }
}

interface ConvConfig {
  readonly strides: [number, number]
  readonly padding: 'valid' | 'same'
  readonly dilationRate: [number, number]
}

function convKernel(layer: Layer): Kernel {
  const { strides, padding, dilationRate } = layer.getConfig() as unknown as ConvConfig
  const [filter, bias] = layer.getWeights()
  return ([x]) => {
    const sums = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, strides, padding, 'NHWC', dilationRate)
    return bias ? tf.add(sums, bias) : sums
  }
}

function denseKernel(layer: Layer): Kernel {
  const [weight, bias] = layer.getWeights()
  return ([x]) => {
    const [inputs, units] = weight!.shape as [number, number]
    const product = tf.matMul(tf.reshape(x!, [-1, inputs]), weight as tf.Tensor2D)
    return tf.reshape(bias ? tf.add(product, bias) : product, [...x!.shape.slice(0, -1), units])
  }
}

/** What executes a convolution or dense layer without its activation function; undefined for other layers. */
export function linearKernel(layer: Layer): Kernel | undefined {
  const className = layer.getClassName()
  return className === 'Conv2D' || className === 'Dense' ? DIFFERENTIABLE[className]?.(layer) : undefined
}

type ActivationName = Parameters<typeof tfl.layers.activation>[0]['activation']

/** Name of the activation function that is part of the layer, `linear` for none. */
export function activationOf(layer: Layer): ActivationName {
  if (layer.getClassName() === 'Softmax') return 'softmax'
  const { activation } = layer.getConfig()
  return typeof activation === 'string' ? (activation as ActivationName) : 'linear'
}
