import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Towards the negative: `x + amount · (1 - 2x)`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param amount 0 (unchanged), 0.5 (even grey), 1 (negative).
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function invert(images: tf.Tensor4D, amount = 1): tf.Tensor4D {
  checkImages(images, 'invert')
  checkFinite(amount, 'amount', 'invert')
  checkRange(amount, 'amount', 0, 1, 'invert')
  if (amount === 0) return tf.clone(images)
  return tf.tidy(() => tf.clipByValue(tf.add(tf.mul(images, 1 - 2 * amount), amount), 0, 1) as tf.Tensor4D)
}

/** Step `{ name: 'invert', amount? }`. */
export const invertAugmentation = defineAugmentation({
  name: 'invert',
  label: 'Invert',
  parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1, default: 1 }],
  apply: (images, { amount }) => invert(images, amount),
})
