import * as tf from '@tensorflow/tfjs-core'

/**
 * How a value lies in its tensor: axis `i` of the tensor is axis `order[i]` of the file. Feature maps of the file,
 * `[n, channels, height, width]`, lie as `[n, height, width, channels]`; transposing a value in the file only changes its order.
 */
export type Order = readonly number[]

/** The order of feature maps. */
export const CHANNELS_LAST: Order = [0, 2, 3, 1]

/** The file's own order. */
export function fileOrder(rank: number): Order {
  return Array.from({ length: rank }, (_, axis) => axis)
}

/** The order after axes are added in front. */
export function padOrder(order: Order, rank: number): Order {
  const added = rank - order.length
  return [...fileOrder(added), ...order.map((axis) => axis + added)]
}

/** The order after axes are removed. */
export function dropAxes(order: Order, axes: readonly number[]): Order {
  const kept = order.filter((axis) => !axes.includes(axis))
  return kept.map((axis) => axis - axes.filter((dropped) => dropped < axis).length)
}

export function sameOrder(a: Order, b: Order): boolean {
  return a.length === b.length && a.every((axis, i) => axis === b[i])
}

/** Moves the axes of a tensor into another order; a reshape where only axes of size 1 move, and the tensor itself where none do. */
export function reorder(x: tf.Tensor, from: Order, to: Order): tf.Tensor {
  if (sameOrder(from, to)) return x
  const permutation = to.map((axis) => from.indexOf(axis))
  const moved = permutation.filter((axis) => x.shape[axis] !== 1)
  const inPlace = moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)
  return inPlace
    ? tf.reshape(
        x,
        permutation.map((axis) => x.shape[axis]!),
      )
    : tf.transpose(x, permutation)
}
