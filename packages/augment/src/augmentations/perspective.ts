import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages } from '../check.js'
import { type Outside, outsideOf, outsideParameters } from '../outside.js'
import { resample } from '../resample.js'

/** Beyond it the horizon comes too close to the image. */
const steepest = 0.9

/**
 * Tilts the plane of the image: with places `u`, `v` from the centre in half widths and half heights, the output at `(u, v)` shows the
 * input at `(u, v) / (1 + horizontal · u + vertical · v)`. Positive values bring the right and the lower side nearer, so that they grow.
 * Bilinear.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param horizontal -0.9 … 0.9; `|horizontal| + |vertical|` must not exceed 0.9. 0 and 0 change nothing.
 * @param outside What comes in from beyond the border; black by default.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function perspective(images: tf.Tensor4D, horizontal: number, vertical = 0, outside: Outside = 0): tf.Tensor4D {
  checkImages(images, 'perspective')
  checkFinite(horizontal, 'horizontal', 'perspective')
  checkFinite(vertical, 'vertical', 'perspective')
  if (Math.abs(horizontal) + Math.abs(vertical) > steepest)
    throw new VatunError(
      'bad-input',
      `perspective: |horizontal| + |vertical| is ${Math.abs(horizontal) + Math.abs(vertical)}, expected at most ${steepest}`,
    )
  if (horizontal === 0 && vertical === 0) return tf.clone(images)
  const [, height, width] = images.shape
  const y = (height - 1) / 2
  const x = (width - 1) / 2
  return resample(
    images,
    (row, column, place) => {
      const depth = 1 + (horizontal * (column - x) * 2) / width + (vertical * (row - y) * 2) / height
      place[0] = y + (row - y) / depth
      place[1] = x + (column - x) / depth
    },
    outside,
    'perspective',
  )
}

/** Step `{ name: 'perspective', horizontal?, vertical?, border?, fill? }`. */
export const perspectiveAugmentation = defineAugmentation({
  name: 'perspective',
  label: 'Perspective',
  parameters: [
    { kind: 'number', name: 'horizontal', label: 'Horizontal', unit: '', min: -steepest, max: steepest, default: 0 },
    { kind: 'number', name: 'vertical', label: 'Vertical', unit: '', min: -steepest, max: steepest, default: 0 },
    ...outsideParameters,
  ],
  apply: (images, { horizontal, vertical, ...border }) => perspective(images, horizontal, vertical, outsideOf(border)),
})
