import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { fileOrder, type Order } from '../order.js'
import { broadcast, type Count, count, type Dim, groupAxes, type Shape, showShape } from '../shape.js'
import { readDims } from './dims.js'
import type { Built, Operator } from './operator.js'

/**
 * Gives an operand another shape. Axes that are neither split nor merged stay where they lie, so that maps stay channels-last wherever
 * possible; data is moved only where axes are merged that do not lie side by side.
 */
export function reshapeTo(node: OperatorNode, to: Shape): Built {
  const { shape: from, order } = node.operand(0, 'the input')
  const groups = groupAxes(from, to)
  const place = (axes: readonly number[]) => Math.min(...axes.map((axis) => order.indexOf(axis)))
  const sized = (axes: readonly number[]) => axes.filter((axis) => from[axis] !== 1)
  const sorted = groups.toSorted(
    (a, b) =>
      place(sized(a.from).length > 0 ? sized(a.from) : a.from) -
      place(sized(b.from).length > 0 ? sized(b.from) : b.from),
  )
  const before: Order = sorted.flatMap((group) => group.from)
  const after: Order = sorted.flatMap((group) => group.to)
  const x = node.read(0, before)
  const target = after.map((axis) => Math.max(to[axis]!, -1))
  return node.result(to, after, (run) => tf.reshape(x(run), target))
}

export const Flatten: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  const axis = node.attributes.int('axis', 1)
  const at = axis === shape.length ? axis : node.axis(axis, shape.length)
  return reshapeTo(node, [merge(node, shape.slice(0, at)), merge(node, shape.slice(at))])
}

/** One axis of several. */
function merge(node: OperatorNode, shape: Shape): Dim {
  return toDim(node, count(shape))
}

function toDim(node: OperatorNode, { size, power }: Count): Dim {
  if (power > 1) throw node.error('unsupported', 'the batch would be in one axis twice')
  return power === 1 ? -size : size
}

/** To a shape that may copy axes (0), infer one (-1), and have the batch size of the file baked in. */
export const Reshape: Operator = (node) => {
  const { shape: from } = node.operand(0, 'the input')
  const copies = node.attributes.int('allowzero', 0) === 0
  const asked = readDims(node, 1, 'the shape').map((entry, i) => {
    if (entry.scaled || entry.value !== 0 || !copies) return entry
    const dim = from[i]
    if (dim === undefined) throw node.error('bad-input', `the shape copies axis ${i}, which ${showShape(from)} lacks`)
    return { value: Math.abs(dim), scaled: dim < 0 }
  })
  return reshapeTo(node, resolve(node, from, asked))
}

function resolve(node: OperatorNode, from: Shape, asked: readonly { value: number; scaled: boolean }[]): Shape {
  const batch = node.fileBatch
  const first = asked[0]
  const bakes = batch !== undefined && from[0] === -1 && first && !first.scaled && first.value === batch
  const isOpen = asked.some(({ value, scaled }) => !scaled && value === -1)
  const dims = asked.map(({ value, scaled }, i): Dim => {
    if (value < -1 || (scaled && value < 1)) throw node.error('bad-input', `the shape has an axis of ${value}`)
    // An axis to infer is a placeholder of one until the others are known.
    if (!scaled && value === -1) return 1
    if (scaled) return -value
    return bakes && i === 0 && (isOpen || !asked.some((other) => other.scaled)) ? -1 : value
  })
  const [whole, known] = [count(from), count(dims)]
  const shown = `${showShape(from)} into [${asked.map(({ value, scaled }) => (scaled ? `${value}n` : value)).join(', ')}]`
  if (asked.filter(({ value, scaled }) => !scaled && value === -1).length > 1)
    throw node.error('bad-input', `cannot reshape ${shown}: two axes to infer`)
  if (!isOpen) {
    const losesBatch = batch === 1 && whole.power === 1 && known.power === 0 && dims.length > 0
    if (losesBatch && whole.size === known.size) return [-dims[0]!, ...dims.slice(1)]
    if (whole.size !== known.size || whole.power !== known.power)
      throw node.error('bad-input', `cannot reshape ${shown}: the number of elements differs`)
    return dims
  }
  const size = known.size === 0 ? 0 : whole.size / known.size
  const power = whole.power - known.power
  if (!Number.isInteger(size) || power < 0) throw node.error('bad-input', `cannot reshape ${shown}`)
  const inferred = toDim(node, { size, power })
  return dims.map((dim, i) => (asked[i]!.value === -1 && !asked[i]!.scaled ? inferred : dim))
}

export const Squeeze: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  const given = node.integersOf('axes', 1)?.map((axis) => node.axis(axis, shape.length)) ?? []
  const axes = given.length > 0 ? given : shape.flatMap((dim, axis) => (dim === 1 ? [axis] : []))
  for (const axis of axes)
    if (shape[axis] !== 1 && !isOneImage(node, axis))
      throw node.error(shape[axis]! < 0 ? 'unsupported' : 'bad-input', `axis ${axis} of ${showShape(shape)} is not 1`)
  return squeeze(node, axes)
}

/** Whether an axis is the batch of a file that takes one image. */
export function isOneImage(node: OperatorNode, axis: number): boolean {
  return node.fileBatch === 1 && axis === 0 && node.operand(0).shape[0] === -1
}

/** Leaves out axes of size 1; images go where the batch of a file that takes one was, in front of what is left. */
export function squeeze(node: OperatorNode, axes: readonly number[]): Built {
  const { shape } = node.operand(0)
  const kept = shape.filter((_, axis) => !axes.includes(axis))
  const [first = 1, ...rest] = kept
  return reshapeTo(node, axes.some((axis) => shape[axis]! < 0) ? [-first, ...rest] : kept)
}

export const Unsqueeze: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  const given = node.integersOf('axes', 1)
  if (!given) throw node.error('bad-input', 'axes are missing')
  return reshapeTo(node, unsqueezed(node, shape, given))
}

/** A shape with axes of size 1 put in. */
export function unsqueezed(node: Pick<OperatorNode, 'axis' | 'error'>, shape: Shape, given: readonly number[]): Shape {
  const rank = shape.length + given.length
  const axes = new Set(given.map((axis) => node.axis(axis, rank)))
  if (axes.size !== given.length || rank > 8) throw node.error('bad-input', `axes are [${given.join(', ')}]`)
  const rest = [...shape]
  return Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!))
}

/** Only changes how the same tensor is understood. */
export const Transpose: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const rank = shape.length
  const given = node.attributes.optionalInts('perm') ?? []
  const permutation = given.length > 0 ? given : fileOrder(rank).toReversed()
  if (permutation.length !== rank || new Set(permutation).size !== rank || permutation.some((axis) => !(axis in shape)))
    throw node.error('bad-input', `perm is [${permutation.join(', ')}], expected the axes of rank ${rank}`)
  return node.result(
    permutation.map((axis) => shape[axis]!),
    order.map((axis) => permutation.indexOf(axis)),
    node.read(0),
  )
}

/** Repeats along axes of size 1. */
export const Expand: Operator = (node) => {
  const { shape: from, order } = node.operand(0, 'the input')
  const asked = readDims(node, 1, 'the shape').map(({ value, scaled }) => (scaled ? -value : value))
  const isBaked = asked.length === from.length && asked[0] === node.fileBatch && from[0] === -1
  const shape = broadcast(from, isBaked ? [1, ...asked.slice(1)] : asked)
  if (!shape) throw node.error('bad-input', `cannot expand ${showShape(from)} to ${showShape(asked)}`)
  if (shape.some((dim) => dim < 0) && !from.some((dim) => dim < 0))
    throw node.error('unsupported', `cannot expand ${showShape(from)} over the batch`)
  const added = shape.length - from.length
  const target: Order = [...fileOrder(added), ...order.map((axis) => axis + added)]
  const x = node.read(0, target)
  const ones = target.map((axis) => Math.max(shape[axis]!, 1))
  return node.result(shape, target, (run) => tf.mul(x(run), tf.ones(ones)))
}
