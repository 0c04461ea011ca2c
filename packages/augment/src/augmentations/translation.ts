import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages } from '../check.js'
import { type Outside, outsideOf, outsideParameters } from '../outside.js'
import { resample } from '../resample.js'

/**
 * Moves the image within its frame; parts of a pixel blend neighbours bilinearly.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param x Pixels to the right.
 * @param y Pixels down.
 * @param outside What comes in from beyond the border; black by default.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function translation(images: tf.Tensor4D, x: number, y = 0, outside: Outside = 0): tf.Tensor4D {
  checkImages(images, 'translation')
  checkFinite(x, 'x', 'translation')
  checkFinite(y, 'y', 'translation')
  if (x === 0 && y === 0) return tf.clone(images)
  return resample(
    images,
    (row, column, place) => {
      place[0] = row - y
      place[1] = column - x
    },
    outside,
    'translation',
  )
}

/** Step `{ name: 'translation', x?, y?, border?, fill? }`. */
export const translationAugmentation = defineAugmentation({
  name: 'translation',
  label: 'Translation',
  parameters: [
    { kind: 'number', name: 'x', label: 'Right', unit: 'px', min: -65535, max: 65535, default: 0 },
    { kind: 'number', name: 'y', label: 'Down', unit: 'px', min: -65535, max: 65535, default: 0 },
    ...outsideParameters,
  ],
  apply: (images, { x, y, ...border }) => translation(images, x, y, outsideOf(border)),
})
