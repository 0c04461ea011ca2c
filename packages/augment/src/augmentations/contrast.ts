import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { blend, grayOf } from '../channels.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Spreads the values of each image about its mean grey: `clip(m + factor · (x - m))`, where `m` is the mean over the image of luma
 * (three channels) or of all channels.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param factor 0 (even grey), 1 (unchanged), above 1 more contrast.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function contrast(images: tf.Tensor4D, factor: number): tf.Tensor4D {
  checkImages(images, 'contrast')
  checkFinite(factor, 'factor', 'contrast')
  checkRange(factor, 'factor', 0, Number.POSITIVE_INFINITY, 'contrast')
  if (factor === 1) return tf.clone(images)
  return tf.tidy(() => blend(images, tf.mean(grayOf(images), [1, 2], true), factor))
}

/** Step `{ name: 'contrast', factor }`. */
export const contrastAugmentation = defineAugmentation({
  name: 'contrast',
  label: 'Contrast',
  parameters: [{ kind: 'number', name: 'factor', label: 'Factor', unit: '×', min: 0, max: 255 }],
  apply: (images, { factor }) => contrast(images, factor),
})
