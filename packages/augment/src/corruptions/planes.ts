import * as tf from '@tensorflow/tfjs-core'
import { type LineMap, lineMap } from '@vatun/core'
import { clampTo } from '../reflect.js'
import { convolution, gaussianKernel, mapLines } from '../separable.js'

/** One value a pixel for each image of a batch, made on the host: float32 `[n, height, width, 1]`, owned by the caller. */
export function planesOf(
  images: tf.Tensor4D,
  make: (position: number, height: number, width: number) => ArrayLike<number>,
): tf.Tensor4D {
  const [n, height, width] = images.shape
  const all = new Float32Array(n * height * width)
  for (let i = 0; i < n; i++) all.set(make(i, height, width), i * height * width)
  return tf.tensor4d(all, [n, height, width, 1])
}

/**
 * Gaussian smoothing as scikit-image and SciPy do it: cut at `⌊truncate · sigma + ½⌋`.
 * @param bring The position that is seen beyond the border; by default the nearest.
 * @returns Tensor of the same shape, owned by the caller.
 */
export function smooth(images: tf.Tensor4D, sigma: number, truncate = 4, bring = clampTo): tf.Tensor4D {
  const radius = Math.floor(truncate * sigma + 0.5)
  if (radius === 0) return tf.clone(images)
  const kernel = gaussianKernel(sigma, radius)
  const [, height, width] = images.shape
  return mapLines(images, convolution(height, kernel, bring), convolution(width, kernel, bring))
}

/** Position mirrored at both ends with the end repeated: … b a | a b …; SciPy's `reflect`. */
export function symmetric(i: number, size: number): number {
  const period = 2 * size
  const wrapped = ((i % period) + period) % period
  return wrapped < size ? wrapped : period - 1 - wrapped
}

/** Enlarges the middle by a factor, bilinear with the outermost pixels kept in place, and cuts what leaves the frame. */
export function zoom(images: tf.Tensor4D, factor: number): tf.Tensor4D {
  const [, height, width] = images.shape
  return mapLines(images, zoomLine(height, factor), zoomLine(width, factor))
}

function zoomLine(size: number, factor: number): LineMap {
  const cut = Math.ceil(size / factor)
  const first = Math.floor((size - cut) / 2)
  const enlarged = Math.round(cut * factor)
  const trimmed = Math.floor((enlarged - size) / 2)
  return lineMap(size, size, (add) => {
    for (let i = 0; i < size; i++) {
      const place = enlarged > 1 ? ((i + trimmed) * (cut - 1)) / (enlarged - 1) : 0
      const left = Math.min(cut - 1, Math.floor(place))
      add(i, first + left, 1 - (place - left))
      if (place > left) add(i, first + left + 1, place - left)
    }
  })
}
