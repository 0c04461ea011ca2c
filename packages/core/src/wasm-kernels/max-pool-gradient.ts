import * as tf from '@tensorflow/tfjs-core'

/**
 * Gradient of max pooling, `MaxPoolGrad`: gives each output's gradient to the first of the largest values of its window.
 *
 * The backend's own (TensorFlow.js 4.22) gives nothing to windows without a positive value: gradients are too small wherever such a window counts,
 * and Grad-CAM of a convolution before a pooling (relu leaves many windows of zeros) weighs its filters wrongly.
 */
export const maxPoolGradient: tf.KernelFunc = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs as Record<'dy' | 'input', tf.TensorInfo>
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs
  const shape = input.shape as [number, number, number, number]
  const { padInfo, ...pool } = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  const engine = backend as tf.KernelBackend
  const x = engine.readSync(input.dataId) as Float32Array
  const slopes = engine.readSync(dy.dataId) as Float32Array
  const dx = new Float32Array(x.length)
  const channels = pool.inChannels
  let out = 0
  for (let image = 0; image < pool.batchSize; image++)
    for (let row = 0; row < pool.outHeight; row++)
      for (let column = 0; column < pool.outWidth; column++) {
        const top = row * pool.strideHeight - padInfo.top
        const left = column * pool.strideWidth - padInfo.left
        const bottom = Math.min(top + pool.filterHeight, pool.inHeight)
        const right = Math.min(left + pool.filterWidth, pool.inWidth)
        for (let channel = 0; channel < channels; channel++) {
          let best = -1
          for (let y = Math.max(top, 0); y < bottom; y++)
            for (let z = Math.max(left, 0); z < right; z++) {
              const at = ((image * pool.inHeight + y) * pool.inWidth + z) * channels + channel
              if (best < 0 || x[at]! > x[best]!) best = at
            }
          if (best >= 0) dx[best]! += slopes[out]!
          out++
        }
      }
  return { dataId: engine.write(dx, shape, 'float32'), shape, dtype: 'float32' }
}
