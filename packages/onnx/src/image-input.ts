import { type ModelSpec, VatunError } from '@vatun/core'
import type { ValueInfoProto } from './proto.js'

/** The image input of a classifier. */
export interface ImageInput {
  readonly name: string
  readonly height: number
  readonly width: number
  readonly channels: number
  /** The batch size, if the file fixes it: the network takes any, but constants may have it baked in. */
  readonly batch: number | undefined
}

/** Larger images than any classifier takes: a damaged file rather than a model. */
const MAX_SIZE = 4096

/** Element types that float32 stands for: float32, float16. */
const FLOATS = [1, 10]

/**
 * Finds name and size of the images among the inputs that are no initializers.
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
  if (!FLOATS.includes(type?.elemType ?? 0))
    throw new VatunError('unsupported', `${where}: element type ${type?.elemType}, expected 1 (float32)`)
  const dims = type?.shape?.dim.map(({ value, param }) => (value && value > 0 ? value : param || '?')) ?? []
  const shown = `[${dims.join(', ')}]`
  if (dims.length !== 4)
    throw new VatunError('unsupported', `${where}: ${shown}, expected [n, channels, height, width]`)
  const [batch, ...own] = dims
  const wanted = [asked?.channels, asked?.height, asked?.width]
  if (own.some((dim, i) => typeof dim !== 'number' && wanted[i] === undefined))
    throw new VatunError(
      'bad-input',
      `${where}: ${shown} leaves the size of images open, which size should they have? Give it as input: { height, width, channels }`,
      { details: { input: info.name, dims } },
    )
  if (asked && own.some((dim, i) => typeof dim === 'number' && dim !== wanted[i]))
    throw new VatunError(
      'bad-input',
      `${where}: ${shown}, which images of ${asked.height} x ${asked.width} x ${asked.channels} do not fit`,
    )
  const [channels, height, width] = own.map((dim, i) => (typeof dim === 'number' ? dim : wanted[i]!)) as [
    number,
    number,
    number,
  ]
  if ([channels, height, width].some((dim) => !(Number.isInteger(dim) && dim >= 1 && dim <= MAX_SIZE)))
    throw new VatunError('unsupported', `${where}: ${shown}, expected sizes up to ${MAX_SIZE}`)
  if (channels > 4 && width <= 4)
    throw new VatunError('unsupported', `${where}: ${shown} looks channels-last, expected [n, channels, height, width]`)
  return { name: info.name ?? '', channels, height, width, batch: typeof batch === 'number' ? batch : undefined }
}
