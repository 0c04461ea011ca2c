import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { CHANNELS_LAST } from '../order.js'
import { showShape } from '../shape.js'
import type { Operator } from './operator.js'
import { padMap, planPadding, readWindow, type Window } from './window.js'

/** The lowest finite float32: what padding counts as in a maximum. */
const LOWEST = -3.4028234663852886e38

export const MaxPool: Operator = (node) => {
  if (node.outputs > 1) throw node.error('unsupported', 'the indices of the maxima are used')
  const { batch, channels, size } = readMap(node)
  const window = readPool(node, size)
  const { kernel, strides, dilations, out } = window
  const { padding, before } = planPadding(window, size)
  const x = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
  const isPlain = dilations.every((d) => d === 1)
  return node.result(
    [batch, channels, ...out],
    CHANNELS_LAST,
    (run) =>
      isPlain
        ? tf.maxPool(padMap(x(run), before, LOWEST), kernel, strides, padding)
        : maxOfShifted(padMap(x(run), window.pads, LOWEST), window),
    { layer: 'pool' },
  )
}

/** A dilated maximum: of the maps shifted by each entry of the window. */
function maxOfShifted(x: tf.Tensor4D, { kernel, strides, dilations, out }: Window): tf.Tensor4D {
  const size = out.map((n, axis) => (n - 1) * strides[axis]! + 1)
  const shifted = Array.from({ length: kernel[0] * kernel[1] }, (_, i) => {
    const begin = [0, Math.floor(i / kernel[1]) * dilations[0], (i % kernel[1]) * dilations[1], 0]
    return tf.slice(x, begin, [-1, size[0]!, size[1]!, -1])
  })
  return tf.maxPool(
    shifted.reduce((a, b) => tf.maximum(a, b)),
    1,
    strides,
    'valid',
  )
}

/** Sums of windows over zeros, divided by the pixels that count. */
export const AveragePool: Operator = (node) => {
  const { batch, channels, size } = readMap(node)
  const window = readPool(node, size)
  const { kernel, strides, dilations, out, pads } = window
  if (dilations.some((d) => d !== 1)) throw node.error('unsupported', 'dilations of average pooling')
  const x = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
  const average = (map: tf.Tensor4D) => tf.avgPool(padMap(map, pads), kernel, strides, 'valid')
  const isPadded = [pads.top, pads.left, pads.bottom, pads.right].some((pad) => pad !== 0)
  const correction = isPadded ? correct(node, window, size) : undefined
  return node.result(
    [batch, channels, ...out],
    CHANNELS_LAST,
    (run) => (correction ? tf.mul(average(x(run)), correction) : average(x(run))),
    { layer: 'pool' },
  )
}

/** Window size by counted pixels, `[1, height, width, 1]`, or undefined where every pixel counts. */
function correct(node: OperatorNode, { kernel, strides, out, pads }: Window, size: readonly number[]) {
  const includes = node.attributes.int('count_include_pad', 0) !== 0
  const given =
    node.attributes.text('auto_pad', 'NOTSET') === 'NOTSET' ? node.attributes.ints('pads', [0, 0, 0, 0]) : []
  const counts = [0, 1].map((axis) => {
    const begin = [pads.top, pads.left][axis]!
    const end = given[axis + 2] ?? [pads.bottom, pads.right][axis]!
    const [from, to] = includes ? [0, begin + size[axis]! + end] : [begin, begin + size[axis]!]
    return Array.from({ length: out[axis]! }, (_, i) => {
      const start = i * strides[axis]!
      return Math.max(Math.min(start + kernel[axis]!, to) - Math.max(start, from), 1)
    })
  })
  const factors = counts[0]!.flatMap((rows) => counts[1]!.map((columns) => (kernel[0] * kernel[1]) / (rows * columns)))
  if (factors.every((factor) => factor === 1)) return undefined
  return node.weights.upload({ data: Float32Array.from(factors), dims: [1, ...out, 1] })
}

const globalPool =
  (reduce: (x: tf.Tensor4D) => tf.Tensor): Operator =>
  (node) => {
    const { batch, channels } = readMap(node)
    const x = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
    return node.result([batch, channels, 1, 1], CHANNELS_LAST, (run) => reduce(x(run)), { layer: 'pool' })
  }

export const GlobalAveragePool = globalPool((x) => tf.mean(x, [1, 2], true))
export const GlobalMaxPool = globalPool((x) => tf.max(x, [1, 2], true))

function readMap(node: OperatorNode) {
  const { shape } = node.operand(0, 'the input')
  const [batch, channels, ...size] = shape as [number, number, number, number]
  if (shape.length === 4 && size.every((dim) => dim >= 1)) return { batch, channels, size }
  throw node.error('unsupported', `the input is ${showShape(shape)}, expected [n, channels, height, width]`)
}

function readPool(node: OperatorNode, size: readonly number[]): Window {
  const kernel = node.attributes.ints('kernel_shape', [], 2)
  if (kernel.some((k) => k < 1 || k > 2 ** 16))
    throw node.error('bad-input', `kernel_shape is [${kernel.join(', ')}], expected at least 1`)
  if (node.attributes.int('storage_order', 0) !== 0) throw node.error('unsupported', 'storage_order')
  return readWindow(node, kernel, size)
}
