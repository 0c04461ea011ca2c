import { VatunError } from '../../errors.js'
import { at, type GraphNode } from '../graph-node.js'

/** Padding as tfjs takes it. */
export type Padding = 'valid' | 'same' | [[0, 0], [number, number], [number, number], [0, 0]]

/** Larger steps and borders than any classifier has. */
const MAX_STEP = 1024

/** Reads height and width of an attribute `[1, height, width, 1]`. @throws VatunError */
export function readPair(node: GraphNode, name: string): [number, number] {
  const values = node.attributes.ints(name, [1, 1, 1, 1])
  const [batch, height, width, channels] = values
  const isSize = (v: number | undefined): v is number => v !== undefined && v >= 1 && v <= MAX_STEP
  if (values.length === 4 && batch === 1 && channels === 1 && isSize(height) && isSize(width)) return [height, width]
  throw new VatunError('bad-input', `${at(node)}: ${name} is [${values.join(', ')}], expected [1, height, width, 1]`)
}

/** @throws VatunError `unsupported` for a format of the data that there is not, `bad-input` for damaged padding */
export function readPadding(node: GraphNode): Padding {
  const { attributes } = node
  const format = attributes.text('data_format', 'NHWC')
  if (format !== 'NHWC')
    throw new VatunError('unsupported', `${at(node)}: data_format ${format}, expected NHWC or NCHW`)
  const padding = attributes.text('padding', 'VALID')
  if (padding === 'SAME') return 'same'
  if (padding === 'VALID') return 'valid'
  const explicit = attributes.ints('explicit_paddings', [])
  const [, , top, bottom, left, right] = explicit
  if (padding !== 'EXPLICIT' || explicit.length !== 8 || !explicit.every((v) => v >= 0 && v <= MAX_STEP))
    throw new VatunError('bad-input', `${at(node)}: padding is "${padding}" [${explicit.join(', ')}]`)
  return [
    [0, 0],
    [top!, bottom!],
    [left!, right!],
    [0, 0],
  ]
}
