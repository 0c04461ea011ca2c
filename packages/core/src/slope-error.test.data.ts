import * as tf from '@tensorflow/tfjs-core'

/**
 * Difference between the slope of a function along a direction, by finite differences, and what its gradient says, relative to the slope
 * where that is more than 1.
 */
export function slopeError(value: (x: tf.Tensor) => tf.Tensor, x: tf.Tensor): number {
  return tf.tidy(() => {
    const direction = tf.randomUniform(x.shape, -1, 1, 'float32', 3)
    const step = 5e-4
    const ahead = value(tf.add(x, tf.mul(direction, step))).dataSync()[0]!
    const back = value(tf.sub(x, tf.mul(direction, step))).dataSync()[0]!
    const along = tf.sum(tf.mul(tf.grad(value)(x), direction)).dataSync()[0]!
    return Math.abs((ahead - back) / (2 * step) - along) / Math.max(1, Math.abs(along))
  })
}
