import * as tf from '@tensorflow/tfjs-core'
import type { ImageBatch } from '@vatun/core'

/** Images on the host: `[n, height, width, channels]` in C order, in [0, 1]. */
export interface HostImages extends ImageBatch {
  readonly data: Float32Array
}

/** One image on the host: `[height, width, channels]` in C order, in [0, 1]. */
export interface Pixels {
  readonly data: Float32Array
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * Whether tensors lie in main memory and no gradient is being recorded: then loops over values beat operations that move single values, which are
 * slow on the cpu and wasm backends.
 */
export function isNearby(): boolean {
  return ['cpu', 'wasm'].includes(tf.getBackend()) && tf.engine().state.gradientDepth === 0
}

/** The values of a batch as shares of 1; borrowed from it where it holds such. */
export function toHostImages({ data, n, height, width, channels }: ImageBatch): HostImages {
  const shares = data instanceof Float32Array ? data : new Float32Array(data)
  if (shares !== data) for (let i = 0; i < shares.length; i++) shares[i]! /= 255
  return { data: shares, n, height, width, channels }
}

/**
 * Runs a host form on the values of a tensor. Waits for the device.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param change Leaves what it gets as it is; returns new values, as many.
 * @returns Tensor of the same shape, owned by the caller.
 */
export function runOnHost(images: tf.Tensor4D, change: (images: HostImages) => Float32Array): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  return tf.tensor4d(change({ data: images.dataSync<'float32'>(), n, height, width, channels }), images.shape)
}

/**
 * Changes images one by one, for what has no good form as tensor operations.
 *
 * @param change Gets a copy of an image and its position in the batch; returns the new values, of any range.
 * @returns New values, clipped to [0, 1].
 */
export function changeEach(
  { data, n, height, width, channels }: HostImages,
  change: (pixels: Pixels, position: number) => Float32Array,
): Float32Array {
  const size = height * width * channels
  const all = new Float32Array(data.length)
  for (let i = 0; i < n; i++) {
    const image = data.slice(i * size, (i + 1) * size)
    const changed = change({ data: image, height, width, channels }, i)
    for (let k = 0; k < size; k++) all[i * size + k] = Math.min(1, Math.max(0, changed[k]!))
  }
  return all
}

/** The same for a tensor (borrowed; the result is the caller's). Waits for the device. */
export function changeOnHost(
  images: tf.Tensor4D,
  change: (pixels: Pixels, position: number) => Float32Array,
): tf.Tensor4D {
  return runOnHost(images, (batch) => changeEach(batch, change))
}
