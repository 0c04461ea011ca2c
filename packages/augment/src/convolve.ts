import * as tf from '@tensorflow/tfjs-core'
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
  const [, height, width, channels] = images.shape
  const bring = border === 'reflect' ? reflect : clampTo
  return tf.tidy(() => {
    const rows = widen(height, kernel.height, bring)
    const columns = widen(width, kernel.width, bring)
    const wide = tf.gather(tf.gather(images, rows, 1), columns, 2) as tf.Tensor4D
    const filter = tf.tensor4d(Float32Array.from(kernel.values), [kernel.height, kernel.width, 1, 1])
    return tf.depthwiseConv2d(wide, tf.tile(filter, [1, 1, channels, 1]), 1, 'valid')
  })
}

function widen(size: number, kernel: number, bring: (i: number, size: number) => number): tf.Tensor1D {
  const radius = (kernel - 1) / 2
  return tf.tensor1d(
    Int32Array.from({ length: size + 2 * radius }, (_, i) => bring(i - radius, size)),
    'int32',
  )
}
