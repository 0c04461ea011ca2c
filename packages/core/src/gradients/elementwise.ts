import * as tf from '@tensorflow/tfjs-core'

/** Gradient of what has none: conditions that a network chooses by. */
export const none =
  (...inputs: readonly string[]): tf.GradFunc =>
  (_dy, saved) =>
    Object.fromEntries(inputs.map((input, i) => [input, () => tf.zeros((saved as tf.Tensor[])[i]!.shape)]))

/** Gradient of `SquaredDifference`, summed where an operand was broadcast; the one of TensorFlow.js 4.22 forgets that. */
export const squaredDifference = (): tf.GradFunc => (dy, saved) => {
  const [a, b] = saved as [tf.Tensor, tf.Tensor]
  const slope =
    (sign: number, { shape }: tf.Tensor) =>
    () => {
      const full = tf.mul(tf.mul(dy as tf.Tensor, tf.sub(a, b)), 2 * sign)
      return tf.reshape(tf.sum(full, tf.broadcast_util.getReductionAxes(shape, full.shape)), shape)
    }
  return { a: slope(1, a), b: slope(-1, b) }
}

/** Gradient of `DepthToSpace`, which TensorFlow.js 4.22 lacks: moves blocks of pixels back to the channels. */
export const depthToSpace: tf.GradFunc = (dy, _saved, attrs) => ({
  x: () => {
    const { blockSize } = attrs as unknown as tf.DepthToSpaceAttrs
    const [n, height, width, channels] = (dy as tf.Tensor4D).shape
    const [rows, columns] = [height / blockSize, width / blockSize]
    const blocks = tf.reshape(dy as tf.Tensor, [n * rows, blockSize, columns, blockSize * channels])
    return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [n, rows, columns, blockSize ** 2 * channels])
  },
})
