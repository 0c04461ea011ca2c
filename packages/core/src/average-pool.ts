import * as tf from '@tensorflow/tfjs-core'

type Pad = Parameters<typeof tf.avgPool>[3]

/**
 * Average pooling as `tf.avgPool` does it, where windows at the border average over the pixels that they hold, with the right gradient: that
 * of tfjs 4.22 divides by the size of the whole window there.
 * @param x `[n, height, width, channels]`, borrowed.
 */
export function averagePool(x: tf.Tensor4D, size: [number, number], strides: [number, number], pad: Pad): tf.Tensor4D {
  const { padInfo } = tf.backend_util.computePool2DInfo(x.shape, size, strides, 1, pad)
  const { top, bottom, left, right } = padInfo
  if (top + bottom + left + right === 0) return tf.avgPool(x, size, strides, 'valid')
  return tf.tidy(() => {
    const sums = (image: tf.Tensor4D): tf.Tensor4D => {
      const borders: [number, number][] = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ]
      return tf.avgPool(tf.pad(image, borders), size, strides, 'valid')
    }
    return tf.div<tf.Tensor4D>(sums(x), sums(tf.ones([1, x.shape[1], x.shape[2], 1])))
  })
}
