import * as tf from '@tensorflow/tfjs-core'

/** Backends of TensorFlow.js 4.22 whose `MaxPoolGrad` picks the last of equal values. */
const last = ['webgl', 'webgpu']

/**
 * Gradient of `MaxPool` that goes to the first of equal values on every backend, as in PyTorch and TensorFlow. Behind a rectifier, windows of nothing but
 * zeros are common, and all engines should tell the same about them.
 */
export const maxPool =
  (original: tf.GradFunc): tf.GradFunc =>
  (dy, saved, attrs) =>
    last.includes(tf.getBackend()) ? turnedMaxPool(dy, saved, attrs) : original(dy, saved, attrs)

/** The kernel on images turned by 180°, where the last of equals is what was the first. */
export const turnedMaxPool: tf.GradFunc = (dy, saved, attrs) => ({
  x: () => {
    const [x, y] = saved as [tf.Tensor4D, tf.Tensor4D]
    const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolAttrs
    const { padInfo, ...info } = tf.backend_util.computePool2DInfo(
      x.shape,
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    const tall = extent(info.inHeight, padInfo.top, info.outHeight, info.strideHeight, info.filterHeight)
    const wide = extent(info.inWidth, padInfo.left, info.outWidth, info.strideWidth, info.filterWidth)
    const none: [number, number] = [0, 0]
    const input = tf.slice(x, [0, 0, 0, 0], [-1, tall.used, wide.used, -1])
    const turned = { dy: turn(dy as tf.Tensor4D), input: turn(input), output: turn(y) }
    const gradient: tf.Tensor4D = tf.engine().runKernel('MaxPoolGrad', turned, {
      filterSize,
      strides,
      pad: [none, [tall.beyond, padInfo.top], [wide.beyond, padInfo.left], none],
    } as unknown as tf.NamedAttrMap)
    return tf.pad(turn(gradient), [none, [0, tall.unused], [0, wide.unused], none])
  },
})

const turn = (x: tf.Tensor4D): tf.Tensor4D => tf.reverse(x, [1, 2])

/** Along one axis: how much of the input the windows see, how much follows that they do not, and how far they reach beyond. */
function extent(size: number, before: number, windows: number, stride: number, length: number) {
  const end = (windows - 1) * stride + length - before
  const used = Math.min(size, end)
  return { used, unused: size - used, beyond: end - used }
}
