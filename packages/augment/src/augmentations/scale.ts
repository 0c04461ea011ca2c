import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'
import { type Outside, outsideOf, outsideParameters } from '../outside.js'
import { resample } from '../resample.js'

/**
 * Enlarges or shrinks about the centre of the image, which keeps its size. Bilinear without smoothing first: shrinking skips pixels.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param factor 0.01 … 100; below 1 smaller, 1 unchanged, above 1 larger.
 * @param outside What comes in from beyond the border; black by default.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function scale(images: tf.Tensor4D, factor: number, outside: Outside = 0): tf.Tensor4D {
  checkImages(images, 'scale')
  checkRange(factor, 'factor', 0.01, 100, 'scale')
  if (factor === 1) return tf.clone(images)
  const y = (images.shape[1] - 1) / 2
  const x = (images.shape[2] - 1) / 2
  return resample(
    images,
    (row, column, place) => {
      place[0] = y + (row - y) / factor
      place[1] = x + (column - x) / factor
    },
    outside,
    'scale',
  )
}

/** Step `{ name: 'scale', factor, border?, fill? }`. */
export const scaleAugmentation = defineAugmentation({
  name: 'scale',
  label: 'Scale',
  parameters: [
    { kind: 'number', name: 'factor', label: 'Factor', unit: '×', min: 0.01, max: 100 },
    ...outsideParameters,
  ],
  apply: (images, { factor, ...border }) => scale(images, factor, outsideOf(border)),
})
