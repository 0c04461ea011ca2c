import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { CHANNELS_LAST, type Order } from '../order.js'
import { showShape } from '../shape.js'
import type { Operator, Reader } from './operator.js'

/** Batch normalisation with the statistics of training, as one multiplication and one addition. */
export const BatchNormalization: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  if (node.attributes.int('training_mode', 0) !== 0 || node.outputs > 1)
    throw node.error('unsupported', 'it is in training mode, export the model in evaluation mode')
  if (node.attributes.int('spatial', 1) !== 1) throw node.error('unsupported', 'spatial = 0')
  const [scale, bias, mean, variance] = ['scale', 'bias', 'mean', 'variance'].map((role, i) => {
    const { data } = node.floats(i + 1, `the ${role}`)
    if (data.length === shape[1]) return data
    throw node.error('bad-input', `the ${role} has ${data.length} entries, expected one per channel, ${shape[1]}`)
  })
  const epsilon = node.attributes.float('epsilon', 1e-5)
  const slopes = scale!.map((s, c) => s / Math.sqrt(variance![c]! + epsilon))
  const offsets = bias!.map((b, c) => b - mean![c]! * slopes[c]!)
  const dims = channelShape(order, slopes.length)
  const slope = node.weights.upload({ data: slopes, dims })
  const offset = node.weights.upload({ data: offsets, dims })
  const x = node.read(0)
  return node.result(shape, order, (run) => tf.add(tf.mul(x(run), slope), offset), { continues: true })
}

/** The shape in which values by channel fit a value in that order. */
function channelShape(order: Order, channels: number): number[] {
  return order.map((axis) => (axis === 1 ? channels : 1))
}

function statistics(x: tf.Tensor, axes: number[], epsilon: number) {
  const { mean, variance } = tf.moments(x, axes, true)
  return { mean, inverse: tf.rsqrt(tf.add(variance, epsilon)) }
}

function normalize(x: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const { mean, inverse } = statistics(x, axes, epsilon)
  return tf.mul(tf.sub(x, mean), inverse)
}

/** Normalises each channel of each image. */
export const InstanceNormalization: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const channels = shape[1]!
  if (shape.length < 3) throw node.error('bad-input', `the input is ${showShape(shape)}, expected [n, channels, …]`)
  const [scale, bias] = channelParameters(node, channels)
  const epsilon = node.attributes.float('epsilon', 1e-5)
  const axes = order.flatMap((axis, i) => (axis >= 2 ? [i] : []))
  const dims = channelShape(order, channels)
  const x = node.read(0)
  return node.result(
    shape,
    order,
    (run) =>
      tf.add(tf.mul(normalize(x(run), axes, epsilon), tf.reshape(scale(run), dims)), tf.reshape(bias(run), dims)),
    { continues: true },
  )
}

function channelParameters(node: OperatorNode, length: number): [Reader, Reader] {
  for (const [index, role] of [
    [1, 'the scale'],
    [2, 'the bias'],
  ] as const) {
    const { shape } = node.operand(index, role)
    if (shape.length !== 1 || shape[0] !== length)
      throw node.error('bad-input', `${role} is ${showShape(shape)}, expected [${length}]`)
  }
  return [node.read(1), node.read(2)]
}

/** Normalises groups of channels of each image. Scale and bias are by group in operator set 18, by channel from 21. */
export const GroupNormalization: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  const [batch, channels, height, width] = shape as [number, number, number, number]
  const groups = node.attributes.int('num_groups', 0)
  if (shape.length !== 4) throw node.error('unsupported', `the input is ${showShape(shape)}, expected rank 4`)
  if (groups < 1 || channels % groups !== 0)
    throw node.error('bad-input', `${groups} groups do not divide ${channels} channels`)
  const byGroup = node.operand(1, 'the scale').shape[0] === groups && groups !== channels
  const [scale, bias] = channelParameters(node, byGroup ? groups : channels)
  const epsilon = node.attributes.float('epsilon', 1e-5)
  const x = node.read(0, CHANNELS_LAST)
  const dims = byGroup ? [1, 1, groups, 1] : [1, 1, groups, channels / groups]
  return node.result(
    [batch, channels, height, width],
    CHANNELS_LAST,
    (run) => {
      const map = x(run)
      const grouped = tf.reshape(map, [-1, height * width, groups, channels / groups])
      const normal = normalize(grouped, [1, 3], epsilon)
      return tf.reshape(tf.add(tf.mul(normal, tf.reshape(scale(run), dims)), tf.reshape(bias(run), dims)), map.shape)
    },
    { continues: true },
  )
}

/** Normalises over the last axes; mean and inverse standard deviation are outputs as well. */
export const LayerNormalization: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const first = node.axis(node.attributes.int('axis', -1), shape.length)
  for (const index of [1, 2].filter((i) => node.has(i))) {
    const { shape: own } = node.operand(index)
    const fits =
      own.length <= shape.length - first && own.every((dim, i) => dim === 1 || dim === shape.at(i - own.length))
    if (!fits) throw node.error('bad-input', `operand ${index + 1} is ${showShape(own)}, input ${showShape(shape)}`)
  }
  const epsilon = node.attributes.float('epsilon', 1e-5)
  const axes = order.flatMap((axis, i) => (axis >= first ? [i] : []))
  const x = node.read(0)
  // Absent where a sub-graph of the file became this node.
  const scale = node.has(1) ? node.read(1, order) : undefined
  const bias = node.has(2) ? node.read(2, order) : undefined
  const reduced = shape.map((dim, axis) => (axis >= first ? 1 : dim))
  const normal = node.output(shape, order, (run) => {
    const plain = normalize(x(run), axes, epsilon)
    const scaled = scale ? tf.mul(plain, scale(run)) : plain
    return bias ? tf.add(scaled, bias(run)) : scaled
  })
  const mean = node.output(reduced, order, (run) => statistics(x(run), axes, epsilon).mean)
  const inverse = node.output(reduced, order, (run) => statistics(x(run), axes, epsilon).inverse)
  return { outputs: [normal, mean, inverse], continues: node.outputs === 1 }
}

/** Local response normalisation over neighbouring channels, whose squares a band matrix sums. */
export const LRN: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  const channels = shape[1]!
  if (shape.length !== 4) throw node.error('unsupported', `the input is ${showShape(shape)}, expected rank 4`)
  const size = node.attributes.int('size', 0)
  if (size < 1 || channels > 2 ** 13) throw node.error('bad-input', `size is ${size}, for ${channels} channels`)
  const alpha = node.attributes.float('alpha', 1e-4) / size
  const beta = node.attributes.float('beta', 0.75)
  const bias = node.attributes.float('bias', 1)
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  const band = Float32Array.from({ length: channels * channels }, (_, i) => {
    const offset = Math.floor(i / channels) - (i % channels)
    return offset >= -before && offset <= after ? alpha : 0
  })
  const matrix = node.weights.upload<tf.Tensor2D>({ data: band, dims: [channels, channels] })
  const x = node.read(0, CHANNELS_LAST)
  return node.result(
    shape,
    CHANNELS_LAST,
    (run) => {
      const map = x(run)
      const squares = tf.reshape(tf.square(map), [-1, channels]) as tf.Tensor2D
      const sums = tf.reshape(tf.matMul(squares, matrix), map.shape)
      return tf.mul(map, tf.pow(tf.add(sums, bias), tf.scalar(-beta)))
    },
    { continues: true },
  )
}
