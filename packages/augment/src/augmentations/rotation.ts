import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages } from '../check.js'
import { type Outside, outsideOf, outsideParameters } from '../outside.js'
import { type PlaceOf, resample, resampleOnHost } from '../resample.js'

/**
 * Rotates about the centre of the image, which keeps its size: what leaves it is lost.
 * Each output pixel is sampled bilinearly at its place in the input.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param degrees Angle in degrees, counter-clockwise. Multiples of 360 change nothing; of 90 move pixels without blending
 * where height and width are both even or both odd.
 * @param outside What comes in from beyond the border; black by default.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function rotation(images: tf.Tensor4D, degrees: number, outside: Outside = 0): tf.Tensor4D {
  checkImages(images, 'rotation')
  checkFinite(degrees, 'degrees', 'rotation')
  if (degrees % 360 === 0) return tf.clone(images)
  return resample(images, placesOf(images.shape[1], images.shape[2], degrees), outside, 'rotation')
}

/** From output to input the image turns the other way; y points down. */
function placesOf(height: number, width: number, degrees: number): PlaceOf {
  const [cos, sin] = cosSin(degrees)
  const x = (width - 1) / 2
  const y = (height - 1) / 2
  return (row, column, place) => {
    place[0] = y + sin * (column - x) + cos * (row - y)
    place[1] = x + cos * (column - x) - sin * (row - y)
  }
}

/** Cosine and sine, exact at right angles. */
function cosSin(degrees: number): readonly [number, number] {
  const turn = ((degrees % 360) + 360) % 360
  if (turn === 90) return [0, 1]
  if (turn === 180) return [-1, 0]
  if (turn === 270) return [0, -1]
  const radians = (turn * Math.PI) / 180
  return [Math.cos(radians), Math.sin(radians)]
}

/** Step `{ name: 'rotation', degrees, border?, fill? }`. */
export const rotationAugmentation = defineAugmentation({
  name: 'rotation',
  label: 'Rotation',
  parameters: [
    { kind: 'number', name: 'degrees', label: 'Angle', unit: '°', min: -360, max: 360 },
    ...outsideParameters,
  ],
  apply: (images, { degrees, ...border }) => rotation(images, degrees, outsideOf(border)),
  applyOnHost: (images, { degrees, ...border }) =>
    degrees % 360 === 0
      ? images.data
      : resampleOnHost(images, placesOf(images.height, images.width, degrees), outsideOf(border), 'rotation'),
})
