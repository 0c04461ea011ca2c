import { VatunError } from '@vatun/core'
import { at, type OperatorNode } from './operator.js'

/** Padding as tfjs takes it for channels-last images. */
export type Padding = 'valid' | 'same' | [[0, 0], [number, number], [number, number], [0, 0]]

/** The sliding window of a convolution or a pool, height before width. */
export interface Window {
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly padding: Padding
}

/** Reads strides, dilations and padding of a two-dimensional window. @throws VatunError `bad-input`, `unsupported` */
export function readWindow(node: OperatorNode, kernel: readonly number[]): Window {
  const { attributes } = node
  const strides = pair(node, 'strides', attributes.ints('strides', [1, 1]))
  const dilations = pair(node, 'dilations', attributes.ints('dilations', [1, 1]))
  const extent = [0, 1].map((axis) => (kernel[axis]! - 1) * dilations[axis]! + 1)
  return { strides, dilations, padding: readPadding(node, extent, strides) }
}

function readPadding(node: OperatorNode, extent: readonly number[], strides: readonly number[]): Padding {
  const auto = node.attributes.text('auto_pad', 'NOTSET')
  // tfjs pads the end more where the padding is odd, which is ONNX's SAME_UPPER.
  if (auto === 'SAME_UPPER') return 'same'
  if (auto === 'VALID') return 'valid'
  if (auto !== 'NOTSET') throw new VatunError('unsupported', `${at(node)}: auto_pad ${auto} is not supported`)
  const [top, left, bottom, right] = node.attributes.ints('pads', [0, 0, 0, 0]) as [number, number, number, number]
  const pads = [top, left, bottom, right]
  if (pads.some((pad, i) => pad < 0 || (pad > 0 && pad >= extent[i % 2]!)))
    throw new VatunError(
      'unsupported',
      `${at(node)}: padding [${pads.join(', ')}] is negative or not smaller than the window, [${extent.join(', ')}]`,
    )
  if (pads.every((pad) => pad === 0)) return 'valid'
  const total = [top + bottom, left + right]
  const isSame = strides.every((s) => s === 1) && total.every((t, axis) => t === extent[axis]! - 1)
  // Same padding is the form that backends have fast gradients for.
  if (isSame && top <= bottom && bottom - top < 2 && left <= right && right - left < 2) return 'same'
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ]
}

function pair(node: OperatorNode, name: string, values: readonly number[]): [number, number] {
  if (values.every((v) => v >= 1)) return values as [number, number]
  throw new VatunError('bad-input', `${at(node)}: ${name} are [${values.join(', ')}], expected at least 1`)
}
