import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { blend, checkRgb, grayOf } from '../channels.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Takes the colour away: `x + amount · (g - x)` with the luma `g`, in all three channels. An image of one channel is grey and stays.
 *
 * @param images float32 `[n, height, width, 1 or 3]` in [0, 1], borrowed.
 * @param amount 0 (unchanged) … 1 (grey).
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 * @throws VatunError `bad-input` for other numbers of channels.
 */
export function grayscale(images: tf.Tensor4D, amount = 1): tf.Tensor4D {
  checkImages(images, 'grayscale')
  checkFinite(amount, 'amount', 'grayscale')
  checkRange(amount, 'amount', 0, 1, 'grayscale')
  if (images.shape[3] !== 1) checkRgb(images, 'grayscale', 'or 1 (grey)')
  if (amount === 0 || images.shape[3] === 1) return tf.clone(images)
  return tf.tidy(() => blend(images, grayOf(images), 1 - amount))
}

/** Step `{ name: 'grayscale', amount? }`. */
export const grayscaleAugmentation = defineAugmentation({
  name: 'grayscale',
  label: 'Grayscale',
  channels: [1, 3],
  parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1, default: 1 }],
  apply: (images, { amount }) => grayscale(images, amount),
})
