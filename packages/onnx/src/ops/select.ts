import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { dropAxes, fileOrder, type Order } from '../order.js'
import { type Shape, showShape } from '../shape.js'
import { readDims } from './dims.js'
import type { Operator } from './operator.js'
import { isOneImage, squeeze } from './shape.js'
import { padOrCut } from './window.js'

/** Entries along one axis of a tensor by their indices, of slices so that it has a gradient everywhere. */
export function take(x: tf.Tensor, axis: number, indices: readonly number[]): tf.Tensor {
  const parts = findRuns(indices).map(({ start, length, step }) => {
    if (step === 1) return sliceAxis(x, axis, start, length)
    if (step === -1) return tf.reverse(sliceAxis(x, axis, start - length + 1, length), axis)
    if (step === 0) return tf.concat(Array<tf.Tensor>(length).fill(sliceAxis(x, axis, start, 1)), axis)
    return strided(x, axis, start, length, step)
  })
  return parts.length === 1 ? parts[0]! : tf.concat(parts, axis)
}

interface IndexRun {
  readonly start: number
  readonly length: number
  readonly step: number
}

function findRuns(indices: readonly number[]): IndexRun[] {
  const runs: IndexRun[] = []
  for (let i = 0; i < indices.length; ) {
    const step = i + 1 < indices.length ? indices[i + 1]! - indices[i]! : 1
    let end = i + 1
    while (end < indices.length && indices[end]! - indices[end - 1]! === step) end++
    // Two entries that happen to lie apart are no run.
    if (Math.abs(step) > 1 && end - i < 3) end = i + 1
    runs.push({ start: indices[i]!, length: end - i, step: end - i === 1 ? 1 : step })
    i = end
  }
  return runs
}

function sliceAxis(x: tf.Tensor, axis: number, start: number, length: number): tf.Tensor {
  if (start === 0 && length === x.shape[axis]) return x
  return tf.slice(
    x,
    x.shape.map((_, i) => (i === axis ? start : 0)),
    x.shape.map((dim, i) => (i === axis ? length : dim)),
  )
}

/** Every `step`-th entry: the first column of the axis cut into rows of `step`. */
function strided(x: tf.Tensor, axis: number, start: number, length: number, step: number): tf.Tensor {
  const stride = Math.abs(step)
  const first = step > 0 ? start : start + (length - 1) * step
  const span = Math.min(x.shape[axis]! - first, length * stride)
  const part = sliceAxis(x, axis, first, span)
  const padded = padOrCut(
    part,
    part.shape.map((_, i): [number, number] => [0, i === axis ? length * stride - span : 0]),
  )
  const [before, after] = [part.shape.slice(0, axis), part.shape.slice(axis + 1)]
  const rows = tf.reshape(padded, [...before, length, stride, ...after])
  const column = tf.reshape(sliceAxis(rows, axis + 1, 0, 1), [...before, length, ...after])
  return step > 0 ? column : tf.reverse(column, axis)
}

/** Begin, end and step are attributes up to operator set 9, operands after. */
export const Slice: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const { starts, ends, axes, steps } = readSlice(node, shape.length)
  const x = node.read(0)
  const cuts = axes.flatMap((axis, i) => {
    const dim = shape[axis]!
    const [start, end, step] = [starts[i]!, ends[i]!, steps[i]!]
    const isWhole = step === 1 && !start.scaled && start.value === 0 && (end.scaled || end.value >= Math.abs(dim))
    if (dim < 0) {
      if (isWhole && (end.scaled || end.value > 2 ** 24)) return []
      throw node.error('unsupported', 'it cuts along the batch')
    }
    if (start.scaled || end.scaled) throw node.error('unsupported', 'it cuts by the batch size')
    const indices = sliceIndices(dim, start.value, end.value, step)
    return isWhole ? [] : [{ axis, indices }]
  })
  const result = shape.map((dim, axis) => cuts.find((cut) => cut.axis === axis)?.indices.length ?? dim)
  return node.result(result, order, (run) =>
    cuts.reduce((value, { axis, indices }) => {
      const physical = order.indexOf(axis)
      return indices.length > 0 ? take(value, physical, indices) : sliceAxis(value, physical, 0, 0)
    }, x(run)),
  )
}

/** The indices that a slice takes of an axis, by the rules of Python. */
export function sliceIndices(dim: number, start: number, end: number, step: number): number[] {
  const clamp = (value: number, low: number, high: number) =>
    Math.min(Math.max(value < 0 ? value + dim : value, low), high)
  const [low, high] = step > 0 ? [0, dim] : [-1, dim - 1]
  const [from, to] = [clamp(start, low, high), clamp(end, low, high)]
  const length = Math.max(Math.ceil((to - from) / step), 0)
  return Array.from({ length }, (_, i) => from + i * step)
}

/** What a slice is asked for, one entry an axis. */
export function readSlice(node: OperatorNode, rank: number) {
  const isOld = !node.has(1)
  const list = (name: string, index: number) =>
    isOld
      ? node.attributes.optionalInts(name)?.map((value) => ({ value, scaled: false }))
      : node.has(index)
        ? readDims(node, index, name)
        : undefined
  const [starts, ends] = [list('starts', 1), list('ends', 2)]
  if (!starts || !ends) throw node.error('bad-input', 'starts or ends are missing')
  const axes = (isOld ? node.attributes.optionalInts('axes') : node.has(3) ? node.integers(3, 'axes') : undefined) ?? []
  const steps = node.has(4) ? node.integers(4, 'steps') : starts.map(() => 1)
  const named = axes.length > 0 ? axes.map((axis) => node.axis(axis, rank)) : fileOrder(starts.length)
  if ([ends, named, steps].some(({ length }) => length !== starts.length) || starts.length > rank || steps.includes(0))
    throw node.error('bad-input', 'starts, ends, axes and steps do not fit together')
  return { starts, ends, axes: named, steps }
}

/** Parts of equal size, or of given sizes: an attribute up to operator set 12, an operand after. */
export const Split: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const axis = node.axis(node.attributes.int('axis', 0), shape.length)
  const dim = shape[axis]!
  if (dim < 0) throw node.error('unsupported', 'it splits the batch')
  const sizes = splitSizes(node, dim)
  const x = node.read(0)
  const physical = order.indexOf(axis)
  return {
    outputs: sizes.map((size, i) => {
      const start = sizes.slice(0, i).reduce((a, b) => a + b, 0)
      const part = shape.map((own, j) => (j === axis ? size : own))
      return node.output(part, order, (run) => sliceAxis(x(run), physical, start, size))
    }),
  }
}

function splitSizes(node: OperatorNode, dim: number): readonly number[] {
  const given = node.integersOf('split', 1)
  if (given && given.length > 0) {
    if (given.every((size) => size >= 0) && given.reduce((a, b) => a + b, 0) === dim) return given
    throw node.error('bad-input', `parts of [${given.join(', ')}] do not make ${dim}`)
  }
  const parts = node.attributes.int('num_outputs', node.outputs)
  const size = Math.ceil(dim / parts)
  if (!(parts >= 1 && parts <= dim)) throw node.error('bad-input', `${parts} parts of ${dim}`)
  return Array.from({ length: parts }, (_, i) => (i < parts - 1 ? size : dim - size * (parts - 1)))
}

/** Entries of a computed value at constant indices along an axis. */
export const Gather: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const axis = node.axis(node.attributes.int('axis', 0), shape.length)
  const dim = shape[axis]!
  const { dims, data } = node.constant(1, 'the indices')
  const isOnly = dims.length === 0 && (data[0] === 0 || data[0] === -1)
  if (isOnly && isOneImage(node, axis)) return squeeze(node, [axis])
  if (dim < 0) throw node.error('unsupported', 'it picks along the batch')
  const indices = Array.from(data, (index) => (index < 0 ? index + dim : index))
  if (!indices.every((i) => Number.isInteger(i) && i >= 0 && i < dim) || indices.length === 0)
    throw node.error('bad-input', `indices are outside of ${dim} entries`)
  const result: Shape = [...shape.slice(0, axis), ...dims, ...shape.slice(axis + 1)]
  const physical = order.indexOf(axis)
  const x = node.read(0)
  if (dims.length === 1) return node.result(result, order, (run) => take(x(run), physical, indices))
  const target: Order = dims.length === 0 ? dropAxes(order, [axis]) : fileOrder(result.length)
  const own = dims.length === 0 ? order : fileOrder(shape.length)
  const read = node.read(0, own)
  const at = own.indexOf(axis)
  return node.result(result, target, (run) => {
    const { shape: lies } = read(run)
    return tf.reshape(take(read(run), at, indices), [...lies.slice(0, at), ...dims, ...lies.slice(at + 1)])
  })
}

export const Concat: Operator = (node) => {
  const operands = Array.from({ length: node.arity }, (_, i) => node.operand(i))
  const [first] = operands
  if (!first) throw node.error('bad-input', 'no operands')
  const axis = node.axis(node.attributes.int('axis', 1), first.shape.length)
  const fits = ({ shape }: { shape: Shape }) =>
    shape.length === first.shape.length && shape.every((dim, i) => i === axis || dim === first.shape[i])
  if (!operands.every(fits))
    throw node.error('bad-input', `shapes ${operands.map((o) => showShape(o.shape)).join(', ')} do not fit`)
  const sizes = operands.map(({ shape }) => shape[axis]!)
  if (sizes.some((dim) => dim < 0) && sizes.some((dim) => dim > 0))
    throw node.error('unsupported', 'it joins the batch with something else')
  const { order } = operands.find((operand) => !operand.constant) ?? first
  const readers = operands.map((_, i) => node.read(i, order))
  return node.result(
    first.shape.map((dim, i) => (i === axis ? sizes.reduce((a, b) => a + b, 0) : dim)),
    order,
    (run) =>
      tf.concat(
        readers.map((read) => read(run)),
        order.indexOf(axis),
      ),
    { layer: 'other' },
  )
}

/** Pads are an attribute up to operator set 10, an operand after; negative ones cut. */
export const Pad: Operator = (node) => {
  const { shape, order } = node.operand(0, 'the input')
  const rank = shape.length
  const mode = node.attributes.text('mode', 'constant')
  const pads = node.integersOf('pads', 1) ?? node.attributes.optionalInts('paddings') ?? []
  const axes = node.has(3) ? node.integers(3, 'axes').map((axis) => node.axis(axis, rank)) : fileOrder(rank)
  if (pads.length !== 2 * axes.length || pads.some((pad) => Math.abs(pad) > 2 ** 24))
    throw node.error('bad-input', `pads are [${pads.join(', ')}], expected two for each of ${axes.length} axes`)
  const amounts = fileOrder(rank).map((axis): [number, number] => {
    const i = axes.indexOf(axis)
    return i < 0 ? [0, 0] : [pads[i]!, pads[i + axes.length]!]
  })
  if (amounts.some(([before, after], axis) => shape[axis]! < 0 && (before !== 0 || after !== 0)))
    throw node.error('unsupported', 'it pads the batch')
  const result = shape.map((dim, axis) => (dim < 0 ? dim : dim + amounts[axis]![0] + amounts[axis]![1]))
  if (result.some((dim, axis) => dim <= 0 && shape[axis]! >= 0))
    throw node.error('bad-input', `pads [${pads.join(', ')}] leave nothing of ${showShape(shape)}`)
  const x = node.read(0)
  if (mode === 'constant') {
    const value = node.has(2) ? node.floats(2, 'the value').data[0] : node.attributes.number('value', 0)
    const physical = order.map((axis) => amounts[axis]!)
    return node.result(result, order, (run) => padOrCut(x(run), physical, value))
  }
  const mirror = MIRRORS[mode]
  if (!mirror) throw node.error('unsupported', `mode "${mode}"`)
  if (mode !== 'edge' && amounts.some(([before, after], axis) => Math.max(before, after) >= Math.abs(shape[axis]!)))
    if (amounts.some(([before, after]) => before + after !== 0))
      throw node.error('unsupported', `pads [${pads.join(', ')}] are not smaller than ${showShape(shape)}`)
  node.output(result, order, x)
  const maps = amounts.flatMap(([before, after], axis) => {
    if (before === 0 && after === 0) return []
    const indices = Array.from({ length: result[axis]! }, (_, i) => mirror(i - before, shape[axis]!))
    return [{ axis: order.indexOf(axis), indices }]
  })
  return node.result(result, order, (run) =>
    maps.reduce((value, { axis, indices }) => take(value, axis, indices), x(run)),
  )
}

const MIRRORS: Readonly<Record<string, (index: number, size: number) => number>> = {
  edge: (index, size) => Math.min(Math.max(index, 0), size - 1),
  reflect: (index, size) => (index < 0 ? -index : index >= size ? 2 * size - 2 - index : index),
  wrap: (index, size) => (index + size) % size,
}
