import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'

/**
 * Inverts values from a threshold on: `1 - x` where `x ≥ threshold`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param threshold 0 (everything inverted) … 256/255; above 1 nothing changes.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function solarize(images: tf.Tensor4D, threshold: number): tf.Tensor4D {
  checkImages(images, 'solarize')
  checkRange(threshold, 'threshold', 0, 256 / 255, 'solarize')
  if (threshold > 1) return tf.clone(images)
  return tf.tidy(() => tf.where(tf.greaterEqual(images, threshold), tf.sub(1, images), images) as tf.Tensor4D)
}

/** Step `{ name: 'solarize', threshold }`. */
export const solarizeAugmentation = defineAugmentation({
  name: 'solarize',
  label: 'Solarize',
  parameters: [
    { kind: 'number', name: 'threshold', label: 'Threshold', unit: '', min: 0, max: 256 / 255, fractions: true },
  ],
  apply: (images, { threshold }) => solarize(images, threshold),
})
