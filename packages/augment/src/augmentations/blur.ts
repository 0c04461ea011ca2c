import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'
import { convolution, gaussianKernel, mapLines, mapLinesOnHost } from '../separable.js'

/**
 * Convolves every channel with a Gaussian, along rows and columns. Beyond the border the image is mirrored without
 * repeating the border pixel (… c b | a b c …), as often as the kernel needs.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param sigma Standard deviation in pixels; 0 changes nothing.
 * @param kernelSize Odd number of samples; by default all within three standard deviations. The samples are scaled to sum 1.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function gaussianBlur(
  images: tf.Tensor4D,
  sigma: number,
  kernelSize = 2 * Math.ceil(3 * sigma) + 1,
): tf.Tensor4D {
  checkImages(images, 'gaussianBlur')
  checkFinite(sigma, 'sigma', 'gaussianBlur')
  checkRange(sigma, 'sigma', 0, Number.POSITIVE_INFINITY, 'gaussianBlur')
  if (!(kernelSize >= 1 && kernelSize % 2 === 1))
    throw new VatunError('bad-input', `gaussianBlur: kernelSize is ${kernelSize}, expected an odd number of at least 1`)
  if (sigma === 0) return tf.clone(images)
  const kernel = gaussianKernel(sigma, (kernelSize - 1) / 2)
  const [, height, width] = images.shape
  return tf.tidy(() => tf.clipByValue(mapLines(images, convolution(height, kernel), convolution(width, kernel)), 0, 1))
}

/** Step `{ name: 'blur', sigma }`. */
export const blurAugmentation = defineAugmentation({
  name: 'blur',
  label: 'Blur',
  parameters: [{ kind: 'number', name: 'sigma', label: 'Standard deviation', unit: 'px', min: 0, max: 100 }],
  apply: (images, { sigma }) => gaussianBlur(images, sigma),
  applyOnHost: (images, { sigma }) => {
    if (sigma === 0) return images.data
    const radius = Math.ceil(3 * sigma)
    const kernel = gaussianKernel(sigma, radius)
    return mapLinesOnHost(images, convolution(images.height, kernel), convolution(images.width, kernel))
  },
})
