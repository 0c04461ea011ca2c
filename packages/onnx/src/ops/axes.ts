import * as tf from '@tensorflow/tfjs-core'

/** A tensor in the file's axis order: `[n, channels, height, width]` from `[n, height, width, channels]`; other ranks as they are. */
export function toFileAxes(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? tf.transpose(x, [0, 3, 1, 2]) : tf.clone(x)
}

/** The reverse of {@link toFileAxes}. */
export function fromFileAxes(x: tf.Tensor): tf.Tensor {
  return x.rank === 4 ? tf.transpose(x, [0, 2, 3, 1]) : tf.clone(x)
}
