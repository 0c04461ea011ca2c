import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { dropAxes, type Order } from '../order.js'
import type { Operator } from './operator.js'

type Reduction = (x: tf.Tensor, axes: number[], keepDims: boolean) => tf.Tensor

/** Axes are an attribute up to operator set 13 (sums) or 18 (the rest), an operand after; none means all. */
const reduction =
  (reduce: Reduction): Operator =>
  (node) => {
    const { shape, order } = node.operand(0, 'the input')
    const given = node.integersOf('axes', 1) ?? []
    const keepDims = node.attributes.int('keepdims', 1) !== 0
    const x = node.read(0)
    if (given.length === 0 && node.attributes.int('noop_with_empty_axes', 0) !== 0)
      return node.result(shape, order, x, { continues: true })
    const axes = given.length === 0 ? shape.map((_, axis) => axis) : given.map((axis) => node.axis(axis, shape.length))
    const physical = axes.map((axis) => order.indexOf(axis))
    const isPool = shape.length === 4 && [...axes].sort().join() === '2,3'
    return node.result(
      shape.flatMap((dim, axis) => (axes.includes(axis) ? (keepDims ? [1] : []) : [dim])),
      keepDims ? order : dropAxes(order, axes),
      (run) => reduce(x(run), physical, keepDims),
      isPool ? { layer: 'pool' } : {},
    )
  }

export const ReduceMean = reduction(tf.mean)
export const ReduceMax = reduction(tf.max)
export const ReduceMin = reduction(tf.min)
export const ReduceSum = reduction(tf.sum)
/** By multiplying slices: the gradient of `tf.prod` needs chained operations, which tfjs-core alone does not have. */
export const ReduceProd = reduction((x, axes, keep) =>
  axes
    .toSorted((a, b) => b - a)
    .reduce((product, axis) => {
      const factors = tf.unstack(product, axis)
      const one = factors.reduce((a, b) => tf.mul(a, b))
      return keep ? tf.expandDims(one, axis) : one
    }, x),
)
export const ReduceL1 = reduction((x, axes, keep) => tf.sum(tf.abs(x), axes, keep))
export const ReduceL2 = reduction((x, axes, keep) => tf.sqrt(tf.sum(tf.square(x), axes, keep)))
export const ReduceSumSquare = reduction((x, axes, keep) => tf.sum(tf.square(x), axes, keep))
export const ReduceLogSum = reduction((x, axes, keep) => tf.log(tf.sum(x, axes, keep)))
export const ReduceLogSumExp = reduction((x, axes, keep) => tf.logSumExp(x, axes, keep))

const overAxis =
  (apply: (x: tf.Tensor) => tf.Tensor): Operator =>
  (node) => {
    const { shape, order } = node.operand(0, 'the input')
    const rank = shape.length
    const axis = node.axis(node.attributes.int('axis', node.opset < 13 ? 1 : -1), rank)
    // Up to operator set 12 all axes from that one on are taken together.
    const axes = node.opset < 13 ? shape.map((_, i) => i).filter((i) => i >= axis) : [axis]
    const last: Order = [...order.filter((i) => !axes.includes(i)), ...order.filter((i) => axes.includes(i))]
    const x = node.read(0, last)
    return node.result(shape, last, (run) => along(x(run), rank - axes.length, apply), { continues: true })
  }

function along(x: tf.Tensor, from: number, apply: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  if (from === x.rank - 1) return apply(x)
  const rest = x.shape.slice(from).reduce((a, b) => a * b, 1)
  return tf.reshape(apply(tf.reshape(x, [...x.shape.slice(0, from), rest])), x.shape)
}

export const Softmax = overAxis((x) => tf.softmax(x))
export const LogSoftmax = overAxis((x) => tf.logSoftmax(x))

/** The class axis of a softmax over `[n, classes]`. */
export function isOverClasses(node: Pick<OperatorNode, 'attributes' | 'opset'>, rank: number): boolean {
  const axis = node.attributes.int('axis', node.opset < 13 ? 1 : -1)
  return rank === 2 && (axis === 1 || axis === -1)
}
