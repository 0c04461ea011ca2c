import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { dropAxes, type Order } from '../order.js'
import type { Shape } from '../shape.js'
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
    const axes = softmaxAxes(node, shape)
    node.axis(axes[0] ?? rank, rank)
    const dims = axes.map((axis) => shape[axis]!)
    // One image of a file that takes no more has lost its axis.
    const isOneImage = node.fileBatch === 1 && dims.length === 1 && dims[0]! < -1
    if (dims.some((dim) => dim < 0) && !isOneImage)
      throw node.error(
        'unsupported',
        'it compares the images of a batch with one another, expected the axis of classes',
      )
    const last: Order = [...order.filter((i) => !axes.includes(i)), ...order.filter((i) => axes.includes(i))]
    const x = node.read(0, last)
    const size = dims.reduce((product, dim) => product * Math.abs(dim), 1)
    return node.result(shape, last, (run) => along(x(run), size, apply), { continues: true })
  }

/** To each `size` values that lie side by side. */
function along(x: tf.Tensor, size: number, apply: (x: tf.Tensor) => tf.Tensor): tf.Tensor {
  return x.shape.at(-1) === size ? apply(x) : tf.reshape(apply(tf.reshape(x, [-1, size])), x.shape)
}

export const Softmax = overAxis((x) => tf.softmax(x))
export const LogSoftmax = overAxis((x) => tf.logSoftmax(x))
/** Not an ONNX operator: what a softmax over one axis in several nodes becomes. */
export const SoftmaxOfAxis = Softmax

/**
 * The axes of a softmax: up to operator set 12 all from the given one on. The first one of a file that takes one image can only be that of classes,
 * after a squeeze of all axes of size 1.
 */
export function softmaxAxes(
  { opType, opset, attributes, fileBatch }: Pick<OperatorNode, 'opType' | 'opset' | 'attributes' | 'fileBatch'>,
  shape: Shape,
): number[] {
  const rank = shape.length
  const given = attributes.int('axis', opset < 13 ? 1 : -1)
  const axis = given < 0 ? given + rank : given
  const first = axis === 0 && rank > 1 && fileBatch === 1 && shape[0] === -1 ? 1 : axis
  if (opset >= 13 || opType === 'SoftmaxOfAxis') return [first]
  return Array.from({ length: Math.max(rank - first, 0) }, (_, i) => first + i)
}
