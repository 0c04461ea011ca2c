import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages } from '../check.js'

/**
 * Keeps the highest bits of the 8-bit value: with `q = ⌊255 x + ½⌋` and `s = 2^(8 - bits)`, `⌊q / s⌋ · s / 255`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param bits Whole number 1 … 8; 8 changes nothing, not even to whole levels.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function posterize(images: tf.Tensor4D, bits: number): tf.Tensor4D {
  checkImages(images, 'posterize')
  if (!(Number.isInteger(bits) && bits >= 1 && bits <= 8))
    throw new VatunError('bad-input', `posterize: bits is ${bits}, expected a whole number from 1 to 8`)
  if (bits === 8) return tf.clone(images)
  const step = 2 ** (8 - bits)
  return tf.tidy(() => {
    const levels = tf.floor(tf.add(tf.mul(images, 255), 0.5))
    // Powers of two divide without rounding.
    return tf.mul(tf.floor(tf.mul(levels, 1 / step)), step / 255) as tf.Tensor4D
  })
}

/** Step `{ name: 'posterize', bits }`. */
export const posterizeAugmentation = defineAugmentation({
  name: 'posterize',
  label: 'Posterize',
  parameters: [{ kind: 'integer', name: 'bits', label: 'Bits', unit: 'bits', min: 1, max: 8 }],
  apply: (images, { bits }) => posterize(images, bits),
})
