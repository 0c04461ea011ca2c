import * as tf from '@tensorflow/tfjs-core'
import { type Terms, writeSums } from '@vatun/core'
import { isNearby } from './host-pixels.js'
import { clampTo, reflect } from './reflect.js'

/** A kernel of odd height and width around its middle: `values` in C order. */
export interface Kernel {
  readonly height: number
  readonly width: number
  readonly values: ArrayLike<number>
}

/**
 * Correlates every channel with a kernel: output `(y, x)` is the sum of `kernel[i, j] · input(y + i - middle, x + j - middle)`.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param border What lies beyond: the mirror image without the border pixel, or the nearest pixel.
 * @returns Tensor of the same shape, not clipped, owned by the caller.
 */
export function convolve(images: tf.Tensor4D, kernel: Kernel, border: 'reflect' | 'edge' = 'reflect'): tf.Tensor4D {
  const [, height, width] = images.shape
  const bring = border === 'reflect' ? reflect : clampTo
  const rows = widen(height, kernel.height, bring)
  const columns = widen(width, kernel.width, bring)
  return isNearby() ? convolveOnHost(images, kernel, rows, columns) : convolveOnDevice(images, kernel, rows, columns)
}

/** @param rows Which row of the image is seen at each row of the widened one; `columns` likewise. */
function convolveOnDevice(images: tf.Tensor4D, kernel: Kernel, rows: Int32Array, columns: Int32Array): tf.Tensor4D {
  const channels = images.shape[3]
  return tf.tidy(() => {
    const tall = tf.gather(images, tf.tensor1d(rows, 'int32'), 1)
    const wide = tf.gather(tall, tf.tensor1d(columns, 'int32'), 2) as tf.Tensor4D
    const filter = tf.tensor4d(Float32Array.from(kernel.values), [kernel.height, kernel.width, 1, 1])
    return tf.depthwiseConv2d(wide, tf.tile(filter, [1, 1, channels, 1]), 1, 'valid')
  })
}

/** The same for tensors in main memory, by what of the kernel is not 0. Has no gradient. */
function convolveOnHost(images: tf.Tensor4D, kernel: Kernel, rows: Int32Array, columns: Int32Array): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  const line = columns.length * channels
  const terms = termsOf(kernel, line, channels)
  const values = images.dataSync()
  const wide = new Float32Array(rows.length * line)
  const result = new Float32Array(values.length)
  for (let image = 0; image < n; image++) {
    const start = image * height * width
    for (const [i, row] of rows.entries())
      for (const [j, column] of columns.entries())
        for (let c = 0; c < channels; c++)
          wide[i * line + j * channels + c] = values[(start + row * width + column) * channels + c]!
    for (let y = 0; y < height; y++)
      writeSums(result, (start + y * width) * channels, width * channels, wide, y * line, terms)
  }
  return tf.tensor4d(result, images.shape)
}

function termsOf({ height, width, values }: Kernel, line: number, channels: number): Terms {
  const entries = Array.from({ length: height * width }, (_, e) => e).filter((e) => values[e] !== 0)
  return {
    offsets: Int32Array.from(entries, (e) => Math.floor(e / width) * line + (e % width) * channels),
    weights: Float64Array.from(entries, (e) => values[e]!),
  }
}

function widen(size: number, kernel: number, bring: (i: number, size: number) => number): Int32Array {
  const radius = (kernel - 1) / 2
  return Int32Array.from({ length: size + 2 * radius }, (_, i) => bring(i - radius, size))
}
