import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkRgb } from '../channels.js'
import { checkImages } from '../check.js'
import { clampTo } from '../reflect.js'
import { type LineMap, lineMap, mapLines } from '../separable.js'
import { type JpegTable, quantisationTable } from './jpeg-tables.js'

/**
 * What a baseline JPEG file of this quality keeps of the image, without making the file: YCbCr, chroma at half the resolution (4:2:0), 8 × 8 DCT
 * blocks, quantisation, and back, rounded to whole levels where a codec does. Images of one channel have luma only.
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
  return tf.tidy(() => {
    const levels = round(tf.mul(images, 255) as tf.Tensor4D)
    const decoded = images.shape[3] === 1 ? code(levels, 'luminance', quality) : codeColor(levels, quality)
    return tf.div(tf.clipByValue(decoded, 0, 255), 255) as tf.Tensor4D
  })
}

function codeColor(levels: tf.Tensor4D, quality: number): tf.Tensor4D {
  const [, height, width] = levels.shape
  const [r, g, b] = tf.split(levels, 3, 3) as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D]
  const sum = (red: number, green: number, blue: number) =>
    tf.add(tf.add(tf.mul(r, red), tf.mul(g, green)), tf.mul(b, blue)) as tf.Tensor4D
  const y = code(round(sum(0.299, 0.587, 0.114)), 'luminance', quality)
  const chroma = (color: tf.Tensor4D) => {
    const full = round(tf.add(color, 128) as tf.Tensor4D)
    // Halves are rounded down and up in turn, so that the mean stays.
    const halved = tf.floor(
      tf.add(mapLines(full, halve(height), halve(width)), inTurn(Math.ceil(width / 2), 0.25, 0.5)),
    )
    const coded = code(halved as tf.Tensor4D, 'chrominance', quality)
    const doubled = mapLines(coded, double(height), double(width))
    return tf.sub(tf.floor(tf.add(doubled, inTurn(width, 8 / 16, 7 / 16))), 128)
  }
  const cb = chroma(sum(-0.168735892, -0.331264108, 0.5))
  const cr = chroma(sum(0.5, -0.418687589, -0.081312411))
  const red = tf.add(y, round(tf.mul(cr, 1.402)))
  const green = tf.sub(y, round(tf.add(tf.mul(cb, 0.344136286), tf.mul(cr, 0.714136286))))
  const blue = tf.add(y, round(tf.mul(cb, 1.772)))
  return tf.concat([red, green, blue], 3) as tf.Tensor4D
}

/** Quantises the 8 × 8 blocks of one channel `[n, height, width, 1]` of levels 0 … 255. */
function code(channel: tf.Tensor4D, table: JpegTable, quality: number): tf.Tensor4D {
  const [n, height, width] = channel.shape
  const [tall, wide] = [8 * Math.ceil(height / 8), 8 * Math.ceil(width / 8)]
  const padded = extend(extend(tf.sub(channel, 128) as tf.Tensor4D, 1, tall), 2, wide)
  const basis = tf.tensor2d(dct, [8, 8])
  const across = tf.matMul(tf.reshape(padded, [-1, 8]), basis, false, true)
  const strips = tf.reshape(across, [(n * tall) / 8, 8, wide])
  const coefficients = tf.matMul(tf.reshape(basis, [1, 8, 8]), strips)
  const steps = tf.tile(tf.tensor3d([...quantisationTable(table, quality)], [1, 8, 8]), [1, 1, wide / 8])
  const kept = tf.mul(roundAway(tf.div(coefficients, steps)), steps)
  const back = tf.matMul(tf.reshape(basis, [1, 8, 8]), kept, true)
  const pixels = tf.matMul(tf.reshape(back, [-1, 8]), basis)
  const decoded = tf.clipByValue(tf.add(round(pixels), 128), 0, 255)
  const whole = tf.reshape(decoded, [n, tall, wide, 1]) as tf.Tensor4D
  return tf.slice(whole, [0, 0, 0, 0], [n, height, width, 1])
}

/** Repeats the last row or column until there are as many. */
function extend(channel: tf.Tensor4D, axis: 1 | 2, size: number): tf.Tensor4D {
  const given = channel.shape[axis]
  if (given === size) return channel
  const places = Int32Array.from({ length: size }, (_, i) => clampTo(i, given))
  return tf.gather(channel, tf.tensor1d(places, 'int32'), axis)
}

/** Row `k`: the cosine of frequency `k`, orthonormal (T.81, A.3.3). */
const dct = Float32Array.from({ length: 64 }, (_, i) => {
  const k = i >> 3
  const norm = k === 0 ? Math.sqrt(1 / 8) : Math.sqrt(2 / 8)
  return norm * Math.cos(((2 * (i & 7) + 1) * k * Math.PI) / 16)
})

/** Halves count as more than half, by far more than backends differ: a tie must not fall differently on each. */
const half = 0.5 + 1e-4

/** To whole levels, halves upwards. */
function round<T extends tf.Tensor>(x: T): T {
  return tf.floor(tf.add(x, half)) as T
}

/** To whole coefficients, halves away from 0. */
function roundAway(x: tf.Tensor): tf.Tensor {
  return tf.mul(tf.sign(x), tf.floor(tf.add(tf.abs(x), half)))
}

/** Means of two pixels; a last one without partner counts twice. */
function halve(size: number): LineMap {
  return lineMap(Math.ceil(size / 2), size, (add) => {
    for (let i = 0; i < size + (size % 2); i++) add(i >> 1, clampTo(i, size), 0.5)
  })
}

/** Twice as many pixels, each three quarters of the nearer and one quarter of the farther one. */
function double(size: number): LineMap {
  const halved = Math.ceil(size / 2)
  return lineMap(size, halved, (add) => {
    for (let i = 0; i < size; i++) {
      add(i, i >> 1, 0.75)
      add(i, clampTo((i >> 1) + (i % 2 === 0 ? -1 : 1), halved), 0.25)
    }
  })
}

/** `[1, 1, size, 1]`: two values in turn. */
function inTurn(size: number, even: number, odd: number): tf.Tensor4D {
  return tf.tensor4d(
    Float32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? even : odd)),
    [1, 1, size, 1],
  )
}

/** Step `{ name: 'jpeg', quality }`. */
export const jpegAugmentation = defineAugmentation({
  name: 'jpeg',
  label: 'JPEG quality',
  parameters: [{ kind: 'integer', name: 'quality', label: 'Quality', unit: '', min: 1, max: 100 }],
  apply: (images, { quality }) => jpeg(images, quality),
})
