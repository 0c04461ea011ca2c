import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Convolves every channel with a Gaussian, along rows and columns. Beyond the border the image is mirrored without
 * repeating the border pixel (… c b | a b c …), as often as the kernel needs.
 *
 * Each direction is one matrix product, which holds the border rule, works for any kernel on any image size, and has a gradient
 * on every backend.
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
  const kernel = gaussian(sigma, (kernelSize - 1) / 2)
  const [n, height, width, channels] = images.shape
  return tf.tidy(() => {
    const rows = tf.reshape(images, [n, height, width * channels])
    const overRows = tf.matMul(smoothingMatrix(height, kernel), rows)
    const columns = tf.reshape(overRows, [n * height, width, channels])
    const overColumns = tf.matMul(smoothingMatrix(width, kernel), columns)
    return tf.clipByValue(tf.reshape(overColumns, [n, height, width, channels]), 0, 1) as tf.Tensor4D
  })
}

/** `2 · radius + 1` samples with sum 1. */
function gaussian(sigma: number, radius: number): number[] {
  const samples = Array.from({ length: 2 * radius + 1 }, (_, i) => Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)))
  const sum = samples.reduce((a, b) => a + b, 0)
  return samples.map((sample) => sample / sum)
}

/** `[1, size, size]`: row `i` holds what each position gives to the smoothed position `i`. */
function smoothingMatrix(size: number, kernel: readonly number[]): tf.Tensor3D {
  const radius = (kernel.length - 1) / 2
  const matrix = new Float64Array(size * size)
  for (let i = 0; i < size; i++)
    for (const [k, weight] of kernel.entries()) matrix[i * size + reflect(i + k - radius, size)]! += weight
  return tf.tensor3d(Float32Array.from(matrix), [1, size, size])
}

/** The position in 0 … size - 1 that is seen at `i` when the line is mirrored at both ends. */
function reflect(i: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const wrapped = ((i % period) + period) % period
  return wrapped < size ? wrapped : period - wrapped
}

/** Step `{ name: 'blur', sigma }`. */
export const blurAugmentation = defineAugmentation({
  name: 'blur',
  label: 'Blur',
  parameters: [{ kind: 'number', name: 'sigma', label: 'Standard deviation', unit: 'px', min: 0, max: 100 }],
  apply: (images, { sigma }) => gaussianBlur(images, sigma),
})
