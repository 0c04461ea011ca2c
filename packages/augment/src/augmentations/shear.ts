import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'
import { type Outside, outsideOf, outsideParameters } from '../outside.js'
import { resample } from '../resample.js'

/** Along rows, or along columns. */
export type ShearDirection = 'horizontal' | 'vertical'

/**
 * Slants the image about its centre: rows move sideways in proportion to their distance from the middle, upper ones to the right for
 * positive angles; vertical: columns, left ones down. Bilinear.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param degrees Angle in degrees, -89 … 89; 0 changes nothing.
 * @param outside What comes in from beyond the border; black by default.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function shear(
  images: tf.Tensor4D,
  degrees: number,
  direction: ShearDirection = 'horizontal',
  outside: Outside = 0,
): tf.Tensor4D {
  checkImages(images, 'shear')
  checkRange(degrees, 'degrees', -89, 89, 'shear')
  if (degrees === 0) return tf.clone(images)
  const slope = Math.tan((degrees * Math.PI) / 180)
  const y = (images.shape[1] - 1) / 2
  const x = (images.shape[2] - 1) / 2
  return resample(
    images,
    direction === 'horizontal'
      ? (row, column, place) => {
          place[0] = row
          place[1] = column + slope * (row - y)
        }
      : (row, column, place) => {
          place[0] = row + slope * (column - x)
          place[1] = column
        },
    outside,
    'shear',
  )
}

/** Step `{ name: 'shear', degrees, direction?, border?, fill? }`. */
export const shearAugmentation = defineAugmentation({
  name: 'shear',
  label: 'Shear',
  parameters: [
    { kind: 'number', name: 'degrees', label: 'Angle', unit: '°', min: -89, max: 89 },
    {
      kind: 'choice',
      name: 'direction',
      label: 'Direction',
      options: ['horizontal', 'vertical'],
      default: 'horizontal',
    },
    ...outsideParameters,
  ],
  apply: (images, { degrees, direction, ...border }) => shear(images, degrees, direction, outsideOf(border)),
})
