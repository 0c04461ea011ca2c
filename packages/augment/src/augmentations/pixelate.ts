import * as tf from '@tensorflow/tfjs-core'
import { type LineMap, lineMap, VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages } from '../check.js'
import { mapLines } from '../separable.js'

/**
 * Gives each square of `size × size` pixels its mean colour. Squares start at the top left; those at the right and the bottom are cut off.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param size Whole number of pixels, at least 1; 1 changes nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function pixelate(images: tf.Tensor4D, size: number): tf.Tensor4D {
  checkImages(images, 'pixelate')
  if (!(Number.isInteger(size) && size >= 1))
    throw new VatunError('bad-input', `pixelate: size is ${size}, expected a whole number of at least 1`)
  if (size === 1) return tf.clone(images)
  const [, height, width] = images.shape
  return tf.tidy(() => tf.clipByValue(mapLines(images, blocks(height, size), blocks(width, size)), 0, 1))
}

function blocks(length: number, size: number): LineMap {
  return lineMap(length, length, (add) => {
    for (let i = 0; i < length; i++) {
      const first = i - (i % size)
      const end = Math.min(length, first + size)
      for (let j = first; j < end; j++) add(i, j, 1 / (end - first))
    }
  })
}

/** Step `{ name: 'pixelate', size }`. */
export const pixelateAugmentation = defineAugmentation({
  name: 'pixelate',
  label: 'Pixelate',
  parameters: [{ kind: 'integer', name: 'size', label: 'Size', unit: 'px', min: 1, max: 65535 }],
  apply: (images, { size }) => pixelate(images, size),
})
