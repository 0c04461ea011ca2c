import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkRgb } from '../channels.js'
import { checkImages } from '../check.js'
import { changeEach, type HostImages, type Pixels, runOnHost } from '../host-pixels.js'
import { double, halve, recodePlane, toLevel } from './jpeg-planes.js'
import { quantisationTable } from './jpeg-tables.js'

/**
 * What a baseline JPEG file of this quality keeps of the image, without making the file: YCbCr, chroma at half the resolution (4:2:0), 8 × 8 DCT
 * blocks, quantisation, and back, in the whole numbers of libjpeg. Images of one channel have luma only.
 *
 * Works on the host, as whole numbers are not what backends compute with. Has no gradient.
 *
 * @param images float32 `[n, height, width, 1 or 3]` in [0, 1], borrowed.
 * @param quality Whole number 1 … 100, on libjpeg's scale; 100 changes nothing, unlike in libjpeg.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 * @throws VatunError `bad-input` for other numbers of channels.
 */
export function jpeg(images: tf.Tensor4D, quality: number): tf.Tensor4D {
  checkImages(images, 'jpeg')
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100))
    throw new VatunError('bad-input', `jpeg: quality is ${quality}, expected a whole number from 1 to 100`)
  if (images.shape[3] !== 1) checkRgb(images, 'jpeg', 'or 1 (grey)')
  if (quality === 100) return tf.clone(images)
  return runOnHost(images, (batch) => recode(batch, quality))
}

function recode(images: HostImages, quality: number): Float32Array {
  const luma = quantisationTable('luminance', quality)
  const chroma = quantisationTable('chrominance', quality)
  return changeEach(images, (pixels) =>
    pixels.channels === 1 ? recodeGrey(pixels, luma) : recodeColour(pixels, luma, chroma),
  )
}

function recodeGrey({ data, height, width }: Pixels, luma: Int32Array): Float32Array {
  const { levels } = recodePlane({ levels: toLevels(data), height, width }, luma)
  const result = new Float32Array(levels.length)
  for (let p = 0; p < levels.length; p++) result[p] = levels[p]! / 255
  return result
}

function recodeColour({ data, height, width }: Pixels, luma: Int32Array, chroma: Int32Array): Float32Array {
  const rgb = toLevels(data)
  const size = height * width
  const [luminance, blueness, redness] = [new Int32Array(size), new Int32Array(size), new Int32Array(size)]
  const centred = (128 << 16) + 32767
  // Weights of ITU-R BT.601 in 65536ths (JFIF 1.02); a half counts as more in luma and as less in chroma.
  for (let p = 0, from = 0; p < size; p++, from += 3) {
    const red = rgb[from]!
    const green = rgb[from + 1]!
    const blue = rgb[from + 2]!
    luminance[p] = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
    blueness[p] = (-11059 * red - 21709 * green + 32768 * blue + centred) >> 16
    redness[p] = (32768 * red - 27439 * green - 5329 * blue + centred) >> 16
  }
  const recodeChroma = (levels: Int32Array) =>
    double(recodePlane(halve({ levels, height, width }), chroma), height, width).levels
  const y = recodePlane({ levels: luminance, height, width }, luma).levels
  const cb = recodeChroma(blueness)
  const cr = recodeChroma(redness)
  const result = new Float32Array(data.length)
  for (let p = 0; p < y.length; p++) {
    const blue = cb[p]! - 128
    const red = cr[p]! - 128
    result[3 * p] = shares[toLevel(y[p]! + ((91881 * red + 32768) >> 16))]!
    result[3 * p + 1] = shares[toLevel(y[p]! + ((-22554 * blue - 46802 * red + 32768) >> 16))]!
    result[3 * p + 2] = shares[toLevel(y[p]! + ((116130 * blue + 32768) >> 16))]!
  }
  return result
}

/** Levels as shares of 255. */
const shares = Float32Array.from({ length: 256 }, (_, level) => level / 255)

/** Values in [0, 1] to whole levels, halves upwards; storing them cuts off the fraction. */
function toLevels(values: Float32Array): Int32Array {
  const levels = new Int32Array(values.length)
  for (let p = 0; p < levels.length; p++) levels[p] = 255 * values[p]! + 0.5
  return levels
}

/** Step `{ name: 'jpeg', quality }`. */
export const jpegAugmentation = defineAugmentation({
  name: 'jpeg',
  label: 'JPEG quality',
  channels: [1, 3],
  parameters: [{ kind: 'integer', name: 'quality', label: 'Quality', unit: '', min: 1, max: 100 }],
  apply: (images, { quality }) => jpeg(images, quality),
  onHostOnly: true,
  applyOnHost: (images, { quality }) => (quality === 100 ? images.data : recode(images, quality)),
})
