import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'
import { convolution, mapLines } from '../separable.js'

/**
 * Mean over a square of side `2 · radius + 1` around each pixel; pixels that the square covers in part count in part. Mirrored beyond the
 * border as for `gaussianBlur`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param radius 0 … 1000 pixels, whole or not; 0 changes nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function boxBlur(images: tf.Tensor4D, radius: number): tf.Tensor4D {
  checkImages(images, 'boxBlur')
  checkRange(radius, 'radius', 0, 1000, 'boxBlur')
  if (radius === 0) return tf.clone(images)
  const reach = Math.ceil(radius)
  const side = 2 * radius + 1
  const ends = (1 - (reach - radius)) / side
  const kernel = Array.from({ length: 2 * reach + 1 }, (_, i) => (i === 0 || i === 2 * reach ? ends : 1 / side))
  const [, height, width] = images.shape
  return tf.tidy(() => tf.clipByValue(mapLines(images, convolution(height, kernel), convolution(width, kernel)), 0, 1))
}

/** Step `{ name: 'boxBlur', radius }`. */
export const boxBlurAugmentation = defineAugmentation({
  name: 'boxBlur',
  label: 'Box blur',
  parameters: [{ kind: 'number', name: 'radius', label: 'Radius', unit: 'px', min: 0, max: 1000 }],
  apply: (images, { radius }) => boxBlur(images, radius),
})
