import { type ModelSpec, VatunError } from '@vatun/core'
import type { GraphNode } from './graph.js'
import type { ValueType } from './operator-node.js'
import { CHANNELS_LAST, fileOrder } from './order.js'
import type { ValueInfoProto } from './proto.js'

/** The image input of a classifier. */
export interface ImageInput {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** The batch size, if the file fixes it: the network takes any, but constants may have it baked in. */
  readonly batch: number | undefined
  /** The file has `[n, height, width, channels]`, and not `[n, channels, height, width]`. */
  readonly isChannelsLast: boolean
  readonly element: 'float32' | 'float16' | 'uint8'
}

/** Larger images than any classifier takes: a damaged file rather than a model. */
const MAX_SIZE = 4096

const ELEMENTS: Readonly<Record<number, ImageInput['element']>> = { 1: 'float32', 2: 'uint8', 10: 'float16' }

const SIDES = ['channels', 'height', 'width'] as const

/**
 * Finds name, size and layout of the images among the inputs that are no initializers.
 * @param asked The size where the file leaves it open.
 * @throws VatunError `unsupported` or `bad-input`, naming the input, with one question if the size is open.
 */
export function readImageInput(inputs: readonly ValueInfoProto[], asked: ModelSpec['input']): ImageInput {
  const [info] = inputs
  if (!info || inputs.length > 1)
    throw new VatunError(
      'unsupported',
      `openOnnx: ${inputs.length} inputs, expected one image input (found ${inputs.map((i) => i.name).join(', ') || 'none'})`,
    )
  const where = `openOnnx: input "${info.name}"`
  const type = info.type?.tensorType
  const element = ELEMENTS[type?.elemType ?? 0]
  if (!element)
    throw new VatunError(
      'unsupported',
      `${where}: element type ${type?.elemType ?? 'missing'}, expected 1 (float32), 10 (float16) or 2 (uint8)`,
    )
  const dims = type?.shape?.dim.map(({ value, param }) => (value && value > 0 ? value : param || '?')) ?? []
  const shown = `[${dims.join(', ')}]`
  if (dims.length !== 4)
    throw new VatunError(
      'unsupported',
      `${where}: ${shown}, expected [n, channels, height, width] or [n, height, width, channels]`,
    )
  const [batch, second, , last] = dims
  const isChannelsLast = isFew(last) && !isFew(second)
  const own = isChannelsLast ? [last, ...dims.slice(1, 3)] : dims.slice(1)
  if (own.some((dim, i) => typeof dim !== 'number' && asked?.[SIDES[i]!] === undefined))
    throw new VatunError(
      'bad-input',
      `${where}: ${shown} leaves the size of images open, which size should they have? Give it as input: { height, width, channels }`,
      { details: { input: info.name, dims } },
    )
  if (asked && own.some((dim, i) => typeof dim === 'number' && dim !== asked[SIDES[i]!]))
    throw new VatunError(
      'bad-input',
      `${where}: ${shown}, which images of ${asked.height} x ${asked.width} x ${asked.channels} do not fit`,
    )
  const [channels, height, width] = own.map((dim, i) => (typeof dim === 'number' ? dim : asked![SIDES[i]!])) as [
    number,
    number,
    number,
  ]
  if ([channels, height, width].some((dim) => !(Number.isInteger(dim) && dim >= 1 && dim <= MAX_SIZE)))
    throw new VatunError('unsupported', `${where}: ${shown}, expected sizes up to ${MAX_SIZE}`)
  const fixed = typeof batch === 'number' ? batch : undefined
  return { name: info.name ?? '', channels, height, width, batch: fixed, isChannelsLast, element }
}

/** An axis of that size is that of channels rather than of pixels. */
function isFew(dim: number | string | undefined): boolean {
  return typeof dim === 'number' && dim <= 4
}

/**
 * How the images look to the graph, whose kernels get them channels-last.
 * @param images -1 for any number of them, 1 for one at a time.
 */
export function imageType({ channels, height, width, isChannelsLast }: ImageInput, images: -1 | 1): ValueType {
  return isChannelsLast
    ? { shape: [images, height, width, channels], order: fileOrder(4) }
    : { shape: [images, channels, height, width], order: CHANNELS_LAST }
}

/** What is the same for whole numbers and for fractions. */
const EXACT: ReadonlySet<string> = new Set([
  'Concat',
  'Gather',
  'Identity',
  'Reshape',
  'Slice',
  'Split',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
])

/**
 * Checks that a graph makes floats of an image of whole numbers before it computes, for all computing is in float32.
 * @throws VatunError `unsupported`, naming the node.
 */
export function checkMakesFloats(nodes: readonly GraphNode[], { name: input, element }: ImageInput): void {
  if (element !== 'uint8') return
  const whole = new Set([input])
  for (const { opType, name, inputs, outputs } of nodes) {
    if (opType === 'Cast' || !inputs.some((value) => whole.has(value))) continue
    if (!EXACT.has(opType))
      throw new VatunError(
        'unsupported',
        `openOnnx: ${opType} "${name}": it computes with whole numbers of the input "${input}" (uint8), expected a Cast to floats before it`,
      )
    for (const value of outputs) whole.add(value)
  }
}
