import * as tf from '@tensorflow/tfjs-core'

/**
 * Gradient of `MirrorPad`: each pixel of a border adds to the pixel that it mirrors, one product with a matrix for each axis. That of TensorFlow.js
 * 4.22 forgets the borders.
 */
export const mirrorPad = (): tf.GradFunc => (dy, _saved, attrs) => ({
  x: () => {
    const { paddings, mode } = attrs as unknown as tf.MirrorPadAttrs
    return paddings.reduce(
      (slope, [before, after], axis) => (before + after === 0 ? slope : fold(slope, axis, before, after, mode)),
      dy as tf.Tensor,
    )
  },
})

function fold(slope: tf.Tensor, axis: number, before: number, after: number, mode: tf.MirrorPadAttrs['mode']) {
  const padded = slope.shape[axis]!
  const size = padded - before - after
  const matrix = new Float32Array(size * padded)
  const edge = mode === 'symmetric' ? 1 : 0
  for (let i = 0; i < padded; i++) {
    const place = i - before
    const source = place < 0 ? -place - edge : place >= size ? 2 * (size - 1) + edge - place : place
    matrix[source * padded + i] = 1
  }
  const [outer, inner] = [slope.shape.slice(0, axis), slope.shape.slice(axis + 1)]
  const flat = tf.transpose(
    tf.reshape(slope, [tf.util.sizeFromShape(outer), padded, tf.util.sizeFromShape(inner)]),
    [1, 0, 2],
  )
  const folded = tf.matMul(tf.tensor2d(matrix, [size, padded]), tf.reshape(flat, [padded, -1]) as tf.Tensor2D)
  const [rows, columns] = [flat.shape[1]!, flat.shape[2]!]
  return tf.reshape(tf.transpose(tf.reshape(folded, [size, rows, columns]), [1, 0, 2]), [...outer, size, ...inner])
}
