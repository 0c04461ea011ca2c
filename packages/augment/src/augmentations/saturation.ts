import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { blend, checkRgb, grayOf } from '../channels.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Moves every pixel along the line through its grey: `clip(g + factor · (x - g))` with the luma `g`.
 *
 * @param images float32 `[n, height, width, 3]` in [0, 1], RGB, borrowed.
 * @param factor 0 (grey), 1 (unchanged), above 1 more colourful.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 * @throws VatunError `bad-input` for images without three channels.
 */
export function saturation(images: tf.Tensor4D, factor: number): tf.Tensor4D {
  checkImages(images, 'saturation')
  checkFinite(factor, 'factor', 'saturation')
  checkRange(factor, 'factor', 0, Number.POSITIVE_INFINITY, 'saturation')
  checkRgb(images, 'saturation', 'grey has no saturation')
  if (factor === 1) return tf.clone(images)
  return tf.tidy(() => blend(images, grayOf(images), factor))
}

/** Step `{ name: 'saturation', factor }`. */
export const saturationAugmentation = defineAugmentation({
  name: 'saturation',
  label: 'Saturation',
  channels: [3],
  parameters: [{ kind: 'number', name: 'factor', label: 'Factor', unit: '×', min: 0, max: 255 }],
  apply: (images, { factor }) => saturation(images, factor),
})
