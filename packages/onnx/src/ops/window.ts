import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'

/** Amounts to add around a map; negative ones cut. */
export interface Pads {
  readonly top: number
  readonly left: number
  readonly bottom: number
  readonly right: number
}

/** The sliding window of a convolution or a pool, height before width. */
export interface Window {
  readonly kernel: [number, number]
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly pads: Pads
  /** Size of the map that it gives. */
  readonly out: [number, number]
}

/** Largest stride, dilation or padding; more comes of damage. */
const MAX_STEP = 2 ** 16

/**
 * Reads strides, dilations and padding of a two-dimensional window.
 * @param size Height and width of the map.
 * @throws VatunError `bad-input`, `unsupported`
 */
export function readWindow(node: OperatorNode, kernel: readonly number[], size: readonly number[]): Window {
  const { attributes } = node
  const strides = readSteps(node, 'strides', 1)
  const dilations = readSteps(node, 'dilations', 1)
  const [height, width] = [0, 1].map((axis) => {
    const extent = (kernel[axis]! - 1) * dilations[axis]! + 1
    return readAxis(node, axis, size[axis]!, extent, strides[axis]!)
  }) as [Axis, Axis]
  const out: [number, number] = [height.out, width.out]
  if (!out.every((n) => n >= 1))
    throw node.error(
      'bad-input',
      `the window of [${kernel.join(', ')}] with dilations [${dilations.join(', ')}] does not fit into [${size.join(', ')}]`,
    )
  if (attributes.optionalInts('kernel_shape')?.some((k, axis) => k !== kernel[axis]))
    throw node.error('bad-input', `kernel_shape disagrees with the weight's [${kernel.join(', ')}]`)
  const pads = { top: height.begin, left: width.begin, bottom: height.end, right: width.end }
  return { kernel: [kernel[0]!, kernel[1]!], strides, dilations, pads, out }
}

interface Axis {
  readonly begin: number
  readonly end: number
  readonly out: number
}

function readAxis(node: OperatorNode, axis: number, size: number, extent: number, stride: number): Axis {
  const { attributes } = node
  const auto = attributes.text('auto_pad', 'NOTSET')
  if (auto === 'SAME_UPPER' || auto === 'SAME_LOWER') {
    const out = Math.ceil(size / stride)
    const total = Math.max((out - 1) * stride + extent - size, 0)
    const less = Math.floor(total / 2)
    return auto === 'SAME_UPPER' ? { begin: less, end: total - less, out } : { begin: total - less, end: less, out }
  }
  if (auto !== 'NOTSET' && auto !== 'VALID') throw node.error('bad-input', `auto_pad is "${auto}"`)
  const pads = auto === 'VALID' ? [0, 0, 0, 0] : attributes.ints('pads', [0, 0, 0, 0])
  const [begin, given] = [pads[axis]!, pads[axis + 2]!]
  if (pads.some((pad) => Math.abs(pad) > MAX_STEP))
    throw node.error('bad-input', `pads are [${pads.join(', ')}], larger than any image`)
  const steps = (size + begin + given - extent) / stride
  if (attributes.int('ceil_mode', 0) === 0) return { begin, end: given, out: Math.floor(steps) + 1 }
  let out = Math.ceil(steps) + 1
  // A window that would start behind the map and its padding is left out.
  if ((out - 1) * stride >= size + begin) out--
  return { begin, end: Math.max(given, (out - 1) * stride + extent - size - begin), out }
}

/** Two whole numbers of at least 1. */
export function readSteps(node: OperatorNode, name: string, fallback: number): [number, number] {
  const values = node.attributes.ints(name, [fallback, fallback])
  if (values.every((v) => v >= 1 && v <= MAX_STEP)) return values as [number, number]
  throw node.error('bad-input', `${name} are [${values.join(', ')}], expected at least 1`)
}

/** Padding as tfjs takes it for channels-last images. */
export type TfPadding = 'valid' | 'same' | [[0, 0], [number, number], [number, number], [0, 0]]

/**
 * How a window's padding is executed: by the operation itself, or by {@link padMap} before it, where no backend does it.
 * @param size Height and width of the map.
 */
export function planPadding(window: Window, size: readonly number[]): { padding: TfPadding; before?: Pads } {
  const { top, left, bottom, right } = window.pads
  const pads = [top, left, bottom, right]
  if (pads.every((pad) => pad === 0)) return { padding: 'valid' }
  const extent = window.kernel.map((k, axis) => (k - 1) * window.dilations[axis]! + 1)
  if (pads.some((pad, i) => pad < 0 || pad >= extent[i % 2]!)) return { padding: 'valid', before: window.pads }
  // Same padding is the form that backends have fast gradients for.
  const isSame = [0, 1].every((axis) => {
    const out = Math.ceil(size[axis]! / window.strides[axis]!)
    const total = Math.max((out - 1) * window.strides[axis]! + extent[axis]! - size[axis]!, 0)
    return pads[axis] === Math.floor(total / 2) && pads[axis + 2] === total - pads[axis]!
  })
  if (isSame) return { padding: 'same' }
  return {
    padding: [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ],
  }
}

/** Pads or cuts `[n, height, width, channels]`. Borrows `x`, and returns it where there is nothing to do. */
export function padMap(x: tf.Tensor4D, pads: Pads | undefined, value = 0): tf.Tensor4D {
  if (!pads) return x
  const amounts = [
    [0, 0],
    [pads.top, pads.bottom],
    [pads.left, pads.right],
    [0, 0],
  ] as const
  return padOrCut(x, amounts, value) as tf.Tensor4D
}

/** Adds so much before and after each axis of the tensor; negative amounts cut. */
export function padOrCut(x: tf.Tensor, amounts: readonly (readonly [number, number])[], value = 0): tf.Tensor {
  let result = x
  if (amounts.some(([before, after]) => before < 0 || after < 0)) {
    const begin = amounts.map(([before]) => Math.max(-before, 0))
    const size = amounts.map(([, after], axis) => result.shape[axis]! - begin[axis]! - Math.max(-after, 0))
    result = tf.slice(result, begin, size)
  }
  const added = amounts.map(([before, after]): [number, number] => [Math.max(before, 0), Math.max(after, 0)])
  return added.some(([before, after]) => before + after > 0) ? tf.pad(result, added, value) : result
}
