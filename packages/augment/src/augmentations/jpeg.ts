import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkRgb } from '../channels.js'
import { checkImages } from '../check.js'
import { changeEach, type HostImages, type Pixels, runOnHost } from '../host-pixels.js'
import { double, halve, type Plane, recodePlane, toLevel } from './jpeg-planes.js'
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

function recodeGrey({ data, height, width }: Pixels, luma: readonly number[]): Float32Array {
  const { levels } = recodePlane({ levels: toLevels(data), height, width }, luma)
  const result = new Float32Array(levels.length)
  for (let p = 0; p < levels.length; p++) result[p] = levels[p]! / 255
  return result
}

function recodeColour(
  { data, height, width }: Pixels,
  luma: readonly number[],
  chroma: readonly number[],
): Float32Array {
  const rgb = toLevels(data)
  // Weights of ITU-R BT.601 in 65536ths (JFIF 1.02); a half counts as more in luma and as less in chroma.
  const weigh = (red: number, green: number, blue: number, rest: number): Plane => {
    const levels = new Int32Array(height * width)
    for (let p = 0; p < levels.length; p++)
      levels[p] = (red * rgb[3 * p]! + green * rgb[3 * p + 1]! + blue * rgb[3 * p + 2]! + rest) >> 16
    return { levels, height, width }
  }
  const centred = (128 << 16) + 32767
  const recodeChroma = (full: Plane) => double(recodePlane(halve(full), chroma), height, width).levels
  const y = recodePlane(weigh(19595, 38470, 7471, 32768), luma).levels
  const cb = recodeChroma(weigh(-11059, -21709, 32768, centred))
  const cr = recodeChroma(weigh(32768, -27439, -5329, centred))
  const result = new Float32Array(data.length)
  for (let p = 0; p < y.length; p++) {
    const [blue, red] = [cb[p]! - 128, cr[p]! - 128]
    result[3 * p] = toLevel(y[p]! + ((91881 * red + 32768) >> 16)) / 255
    result[3 * p + 1] = toLevel(y[p]! + ((-22554 * blue - 46802 * red + 32768) >> 16)) / 255
    result[3 * p + 2] = toLevel(y[p]! + ((116130 * blue + 32768) >> 16)) / 255
  }
  return result
}

/** Values in [0, 1] to whole levels, halves upwards. */
function toLevels(values: Float32Array): Int32Array {
  const levels = new Int32Array(values.length)
  for (let p = 0; p < levels.length; p++) levels[p] = Math.floor(255 * values[p]! + 0.5)
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
