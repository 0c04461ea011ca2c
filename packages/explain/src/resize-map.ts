import * as tf from '@tensorflow/tfjs-core'

/**
 * Stretches low-resolution maps over the image: bilinear, with pixel centres at half positions, as image libraries do.
 *
 * @param maps float32 `[n, mapHeight, mapWidth]`, borrowed.
 * @returns float32 `[n, height, width]`, owned by the caller. Values stay within those of the map.
 */
export function resizeMap(maps: tf.Tensor3D, height: number, width: number): tf.Tensor3D {
  return tf.tidy(() => {
    const resized = tf.image.resizeBilinear(tf.expandDims(maps, 3) as tf.Tensor4D, [height, width], false, true)
    return tf.squeeze(resized, [3]) as tf.Tensor3D
  })
}
