import type { ImageInput } from '../image-input.js'

/** What onnxruntime takes as a tensor. */
export interface FileInput {
  readonly type: ImageInput['element']
  readonly data: Float32Array | Uint8Array | Uint16Array
  readonly dims: readonly number[]
}

/**
 * Arranges images as the file wants them: its order of axes, its type. Whole numbers are the nearest ones.
 * @param data float32 `[n, channels, height, width]`; may become part of the result.
 */
export function toFileInput(data: Float32Array, n: number, image: ImageInput): FileInput {
  const { channels, height, width, isChannelsLast, element } = image
  const arranged = isChannelsLast ? toChannelsLast(data, n, channels, height * width) : data
  return {
    type: element,
    data: CONVERSIONS[element](arranged),
    dims: isChannelsLast ? [n, height, width, channels] : [n, channels, height, width],
  }
}

function toChannelsLast(data: Float32Array, n: number, channels: number, pixels: number): Float32Array {
  const moved = new Float32Array(data.length)
  let from = 0
  for (let image = 0; image < n; image++)
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) moved[(image * pixels + p) * channels + c] = data[from++]!
  return moved
}

const CONVERSIONS: Readonly<Record<ImageInput['element'], (values: Float32Array) => FileInput['data']>> = {
  float32: (values) => values,
  // Rounds, and cuts at 0 and 255.
  uint8: (values) => new Uint8Array(Uint8ClampedArray.from(values).buffer),
  float16: (values) => Uint16Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), toHalf),
}

/** The bits of the nearest float16, ties to even, of the bits of a float32. */
function toHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  // Below 2⁻¹⁴ a unit is 2⁻²⁴.
  if (magnitude < 0x38800000) {
    const units = ((magnitude & 0x7fffff) | 0x800000) * 2 ** ((magnitude >>> 23) - 126)
    return sign | (magnitude < 0x33000000 ? 0 : roundToEven(units))
  }
  return sign | roundToEven((magnitude - 0x38000000) / 2 ** 13)
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor
}
