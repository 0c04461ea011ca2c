import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages } from '../check.js'

/**
 * Mirrors left and right.
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @returns Tensor of the same shape, owned by the caller.
 */
export function flipHorizontal(images: tf.Tensor4D): tf.Tensor4D {
  checkImages(images, 'flipHorizontal')
  return tf.reverse(images, 2)
}

/**
 * Mirrors top and bottom.
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @returns Tensor of the same shape, owned by the caller.
 */
export function flipVertical(images: tf.Tensor4D): tf.Tensor4D {
  checkImages(images, 'flipVertical')
  return tf.reverse(images, 1)
}

/** Step `{ name: 'flipHorizontal' }`. */
export const flipHorizontalAugmentation = defineAugmentation({
  name: 'flipHorizontal',
  label: 'Flip horizontally',
  parameters: [],
  apply: flipHorizontal,
})

/** Step `{ name: 'flipVertical' }`. */
export const flipVerticalAugmentation = defineAugmentation({
  name: 'flipVertical',
  label: 'Flip vertically',
  parameters: [],
  apply: flipVertical,
})
