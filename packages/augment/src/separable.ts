import * as tf from '@tensorflow/tfjs-core'
import { type LineMap, lineMap, mapAxis } from '@vatun/core'
import { type HostImages, isNearby } from './host-pixels.js'
import { reflect } from './reflect.js'

/**
 * Maps columns by one matrix and rows by another, which holds any border rule and works for any kernel on any image size: two matrix
 * products, or for sparse matrices in main memory loops over what is not 0, which are faster there.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param vertical Takes lines of `height` pixels.
 * @param horizontal Takes lines of `width` pixels.
 * @returns float32 `[n, vertical.rows, horizontal.rows, channels]`, not clipped, owned by the caller.
 */
export function mapLines(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const sparse = isSparse(vertical) && isSparse(horizontal)
  if (!sparse || !isNearby()) return mapOnDevice(images, vertical, horizontal)
  const [n, height, width, channels] = images.shape
  const batch = { data: images.dataSync<'float32'>(), n, height, width, channels }
  return tf.tensor4d(mapLinesOnHost(batch, vertical, horizontal), [n, vertical.rows, horizontal.rows, channels])
}

/** Whether there are few enough entries for loops to beat a matrix product. */
function isSparse({ rows, columns, places }: LineMap): boolean {
  return places.length <= (rows * columns) / 4
}

function mapOnDevice(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  return tf.tidy(() => {
    const rows = tf.reshape(images, [n, height, width * channels])
    const overRows = tf.matMul(matrixOf(vertical), rows)
    const columns = tf.reshape(overRows, [n * vertical.rows, width, channels])
    const overColumns = tf.matMul(matrixOf(horizontal), columns)
    return tf.reshape(overColumns, [n, vertical.rows, horizontal.rows, channels])
  })
}

/** {@link mapLines} of images on the host. @returns New values. */
export function mapLinesOnHost(
  { data, n, width, channels }: HostImages,
  vertical: LineMap,
  horizontal: LineMap,
): Float32Array {
  const overRows = mapAxis(data, n, vertical, width * channels)
  return mapAxis(overRows, n * vertical.rows, horizontal, channels)
}

/** Convolution with a kernel of odd length; `bring` tells the position that is seen beyond the ends, by default mirrored. */
export function convolution(size: number, kernel: readonly number[], bring = reflect): LineMap {
  const radius = (kernel.length - 1) / 2
  return lineMap(size, size, (add) => {
    for (let i = 0; i < size; i++)
      for (const [k, weight] of kernel.entries()) add(i, bring(i + k - radius, size), weight)
  })
}

/** `2 · radius + 1` samples of a Gaussian, scaled to sum 1. */
export function gaussianKernel(sigma: number, radius: number): number[] {
  const samples = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    i === radius ? 1 : Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = samples.reduce((a, b) => a + b, 0)
  return samples.map((sample) => sample / sum)
}

function matrixOf({ rows, columns, starts, places, weights }: LineMap): tf.Tensor3D {
  const matrix = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let entry = starts[row]!; entry < starts[row + 1]!; entry++)
      matrix[row * columns + places[entry]!]! += weights[entry]!
  return tf.tensor3d(matrix, [1, rows, columns])
}
