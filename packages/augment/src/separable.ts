import * as tf from '@tensorflow/tfjs-core'
import { reflect } from './reflect.js'

/** A linear map of a line of pixels: `[rows, columns]` in C order, row `i` holding what each position gives to the new position `i`. */
export interface LineMap {
  readonly rows: number
  readonly columns: number
  readonly weights: ArrayLike<number>
}

/**
 * Maps columns by one matrix and rows by another: two matrix products, which hold any border rule, work for any kernel on any image size,
 * and have a gradient on every backend.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param vertical Takes lines of `height` pixels.
 * @param horizontal Takes lines of `width` pixels.
 * @returns float32 `[n, vertical.rows, horizontal.rows, channels]`, not clipped, owned by the caller.
 */
export function mapLines(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  return tf.tidy(() => {
    const rows = tf.reshape(images, [n, height, width * channels])
    const overRows = tf.matMul(matrixOf(vertical), rows)
    const columns = tf.reshape(overRows, [n * vertical.rows, width, channels])
    const overColumns = tf.matMul(matrixOf(horizontal), columns)
    return tf.reshape(overColumns, [n, vertical.rows, horizontal.rows, channels])
  })
}

/** A matrix from its entries `[row, column, weight]`; entries of the same place add up. */
export function lineMap(
  rows: number,
  columns: number,
  entries: (add: (row: number, column: number, weight: number) => void) => void,
): LineMap {
  const weights = new Float64Array(rows * columns)
  entries((row, column, weight) => {
    weights[row * columns + column]! += weight
  })
  return { rows, columns, weights }
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

function matrixOf({ rows, columns, weights }: LineMap): tf.Tensor3D {
  return tf.tensor3d(Float32Array.from(weights), [1, rows, columns])
}
