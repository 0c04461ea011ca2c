import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'

/**
 * Bends the scale of values: `x^exponent`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param exponent 0.01 … 100; below 1 brighter shadows, 1 unchanged, above 1 darker shadows.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function gamma(images: tf.Tensor4D, exponent: number): tf.Tensor4D {
  checkImages(images, 'gamma')
  checkRange(exponent, 'exponent', 0.01, 100, 'gamma')
  if (exponent === 1) return tf.clone(images)
  return tf.tidy(() => tf.clipByValue(tf.pow(images, exponent), 0, 1) as tf.Tensor4D)
}

/** Step `{ name: 'gamma', exponent }`. */
export const gammaAugmentation = defineAugmentation({
  name: 'gamma',
  label: 'Gamma',
  parameters: [{ kind: 'number', name: 'exponent', label: 'Exponent', unit: '', min: 0.01, max: 100 }],
  apply: (images, { exponent }) => gamma(images, exponent),
})
