import * as tf from '@tensorflow/tfjs-core'
import { CLIP_GRADIENT } from '../wasm-kernels/clip-gradient.js'

/** Gradient of `ClipByValue`, by a kernel of its own where the backend has one. */
export const clip =
  (original: tf.GradFunc): tf.GradFunc =>
  (dy, saved, attrs) =>
    tf.getKernel(CLIP_GRADIENT, tf.getBackend())
      ? { x: () => within(saved[0]!, dy as tf.Tensor, attrs) }
      : original(dy, saved, attrs)

/** Of that kernel, which is linear in the gradient that it is given. */
export const clipSlope: tf.GradFunc = (ddx, saved, attrs) => ({
  dy: () => within(saved[0]!, ddx as tf.Tensor, attrs),
  x: () => tf.zerosLike(saved[0]!),
})

function within(x: tf.Tensor, dy: tf.Tensor, attrs: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel(CLIP_GRADIENT, { x, dy }, attrs)
}
