import type * as tf from '@tensorflow/tfjs-core'
import type { Order } from '../axis-order.js'
import { type GraphNode, splitValue, type ValueName } from './graph-node.js'
import { FORMATTED } from './layout-kinds.js'

/** Operations whose result has the axes of an input. */
const KEEPING: ReadonlySet<string> = new Set([
  ...['Add', 'AddV2', 'Cast', 'ClipByValue', 'ConcatV2', 'Div', 'Identity', 'Maximum', 'Minimum', 'MirrorPad', 'Mul'],
  ...[
    'Pad',
    'PadV2',
    'RealDiv',
    'ResizeBilinear',
    'ResizeNearestNeighbor',
    'ReverseV2',
    'Slice',
    'Split',
    'SplitV',
    'Sub',
  ],
])

/**
 * Which axis of the image holds its channels, as the first convolutions or pools that it reaches see it; undefined if none does.
 * @param nodes Each after what it needs.
 * @param weights By the names of the nodes that hold them.
 */
export function findChannelAxis(
  nodes: readonly GraphNode[],
  image: ValueName,
  weights: ReadonlyMap<string, tf.Tensor>,
): number | undefined {
  // Axis `i` of a value is axis `order[i]` of the image.
  const orders = new Map<string, Order>([[image, [0, 1, 2, 3]]])
  for (const { name, op, inputs, attributes } of nodes) {
    const sources = inputs.map((value) => orders.get(splitValue(value).node))
    const formatted = Object.hasOwn(FORMATTED, op) ? sources[FORMATTED[op]!] : undefined
    if (formatted) return formatted[attributes.text('data_format', 'NHWC') === 'NCHW' ? 1 : 3]
    const order = sources.find(Boolean)
    if (!order) continue
    if (KEEPING.has(op)) orders.set(name, order)
    if (op !== 'Transpose') continue
    const permutation = weights.get(splitValue(inputs[1]!).node)
    if (permutation?.size === 4)
      orders.set(
        name,
        Array.from(permutation.dataSync(), (axis) => order[axis]!),
      )
  }
  return undefined
}
