import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { blend } from '../channels.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/** Weights of the 3 × 3 mean that sharpening leads away from: the pixel itself counts five times. */
const kernel = [1, 1, 1, 1, 5, 1, 1, 1, 1].map((weight) => weight / 13)

/**
 * Leads away from a smoothed image: `clip(s + factor · (x - s))`, where `s` is the mean of the 3 × 3 neighbourhood with the pixel itself counted
 * five times, and `x` itself on the outermost ring of pixels.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param factor 0 (smoothed), 1 (unchanged), above 1 sharper.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function sharpen(images: tf.Tensor4D, factor: number): tf.Tensor4D {
  checkImages(images, 'sharpen')
  checkFinite(factor, 'factor', 'sharpen')
  checkRange(factor, 'factor', 0, Number.POSITIVE_INFINITY, 'sharpen')
  const [, height, width, channels] = images.shape
  if (factor === 1 || height < 3 || width < 3) return tf.clone(images)
  return tf.tidy(() => {
    const filter = tf.tile(tf.tensor4d(kernel, [3, 3, 1, 1]), [1, 1, channels, 1]) as tf.Tensor4D
    const inner = tf.depthwiseConv2d(images, filter, 1, 'valid')
    const ring: [number, number][] = [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]
    const border = tf.sub(1, tf.pad(tf.ones([1, height - 2, width - 2, 1]), ring))
    return blend(images, tf.add(tf.pad(inner, ring), tf.mul(images, border)), factor)
  })
}

/** Step `{ name: 'sharpen', factor }`. */
export const sharpenAugmentation = defineAugmentation({
  name: 'sharpen',
  label: 'Sharpness',
  parameters: [{ kind: 'number', name: 'factor', label: 'Factor', unit: '×', min: 0, max: 255 }],
  apply: (images, { factor }) => sharpen(images, factor),
})
