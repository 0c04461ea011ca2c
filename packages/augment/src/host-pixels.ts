import * as tf from '@tensorflow/tfjs-core'

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

/**
 * Changes images one by one on the host, for what has no good form as tensor operations. Waits for the device.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param change Gets a copy of an image and its position in the batch; returns the new values, of any range.
 * @returns Tensor of the same shape, clipped to [0, 1], owned by the caller.
 */
export function changeOnHost(
  images: tf.Tensor4D,
  change: (pixels: Pixels, position: number) => Float32Array,
): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  const size = height * width * channels
  const all = images.dataSync().slice() as Float32Array
  for (let i = 0; i < n; i++) {
    const image = all.subarray(i * size, (i + 1) * size)
    const changed = change({ data: image.slice(), height, width, channels }, i)
    for (let k = 0; k < size; k++) image[k] = Math.min(1, Math.max(0, changed[k]!))
  }
  return tf.tensor4d(all, [n, height, width, channels])
}
