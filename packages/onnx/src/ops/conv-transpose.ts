import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { CHANNELS_LAST } from '../order.js'
import { elements, showShape } from '../shape.js'
import { spreadFilter } from './conv.js'
import type { Operator } from './operator.js'
import { padMap, readSteps } from './window.js'

/** The file's filters `[in, out, height, width]` as `[height, width, out, in]`. */
const FILTER_ORDER = [2, 3, 1, 0]

/** The transpose of a convolution: computed whole, then cut to the size that padding leaves. */
export const ConvTranspose: Operator = (node) => {
  const [x, weight] = [node.operand(0, 'the input').shape, node.operand(1, 'the weight').shape]
  if (x.length !== 4 || weight.length !== 4)
    throw node.error('unsupported', `input and weight are ${showShape(x)} and ${showShape(weight)}, expected rank 4`)
  const [batch, channels, ...size] = x as [number, number, number, number]
  const [inputs, perGroup, ...kernel] = weight as [number, number, number, number]
  const groups = node.attributes.int('group', 1)
  if (groups < 1 || inputs !== channels || channels % groups !== 0)
    throw node.error('bad-input', `a weight ${showShape(weight)} in ${groups} groups does not fit ${channels} channels`)
  if (node.has(2) && node.operand(2).shape[0] !== perGroup * groups)
    throw node.error('bad-input', `bias is ${showShape(node.operand(2).shape)}, expected [${perGroup * groups}]`)
  const strides = readSteps(node, 'strides', 1)
  const dilations = readSteps(node, 'dilations', 1)
  const extra = node.attributes.ints('output_padding', [0, 0])
  const axes = [0, 1].map((axis) => {
    const full = (size[axis]! - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1
    return { full, ...readAxis(node, axis, full + extra[axis]!, size[axis]! * strides[axis]!) }
  })
  const [rows, columns] = axes as [(typeof axes)[0], (typeof axes)[0]]
  if (rows.out < 1 || columns.out < 1)
    throw node.error('bad-input', `padding leaves [${rows.out}, ${columns.out}] of the output`)
  const pads = {
    top: -rows.begin,
    left: -columns.begin,
    bottom: rows.out + rows.begin - rows.full,
    right: columns.out + columns.begin - columns.full,
  }
  const input = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
  const filter = node.read<tf.Tensor4D>(1, FILTER_ORDER)
  const bias = node.has(2) ? node.read<tf.Tensor1D>(2) : undefined
  node.checkWork(elements(weight) * size[0]! * size[1]!)
  // Checked before cutting as well, for it is allocated.
  node.output([batch, perGroup * groups, rows.full, columns.full], CHANNELS_LAST, input)
  return node.result(
    [batch, perGroup * groups, rows.out, columns.out],
    CHANNELS_LAST,
    (run) => {
      const weights = spreadFilter(filter(run), kernel as [number, number], dilations)
      const maps = divide(input(run), groups)
      const shape = [maps[0]!.shape[0], rows.full, columns.full, perGroup] as const
      const filters = divide(weights, groups)
      const results = filters.map((part, i) => tf.conv2dTranspose(maps[i]!, part, [...shape], strides, 'valid'))
      const cut = padMap(tf.concat(results, 3), pads)
      return bias ? tf.add(cut, bias(run)) : cut
    },
    { layer: 'conv' },
  )
}

/** Cuts the last axis into equal parts; a single part is the tensor itself. */
function divide(x: tf.Tensor4D, parts: number): tf.Tensor4D[] {
  return parts === 1 ? [x] : (tf.split(x, parts, 3) as tf.Tensor4D[])
}

/** Where the output begins within the whole, and its size. */
function readAxis({ attributes }: OperatorNode, axis: number, full: number, same: number) {
  const auto = attributes.text('auto_pad', 'NOTSET')
  const isSame = auto === 'SAME_UPPER' || auto === 'SAME_LOWER'
  const asked = attributes.optionalInts('output_shape')?.slice(-2)
  if (!isSame && !asked?.length) {
    const pads = attributes.ints('pads', [0, 0, 0, 0])
    return { begin: pads[axis]!, out: full - pads[axis]! - pads[axis + 2]! }
  }
  const out = asked?.[axis] ?? same
  const total = Math.max(full - out, 0)
  return { begin: auto === 'SAME_UPPER' ? Math.floor(total / 2) : Math.ceil(total / 2), out }
}
