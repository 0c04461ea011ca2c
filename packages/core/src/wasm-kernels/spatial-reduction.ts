import * as tf from '@tensorflow/tfjs-core'
import { call, reshaped, type Shape4D } from './kernel.js'

/**
 * `Max` or `Mean` over height and width of maps `[n, height, width, channels]`, what taps and global pooling are: a pooling with one window, for which the
 * backend has fast code. Its reductions transpose the maps first.
 */
export const spatialReduction =
  (pooling: 'MaxPool' | 'AvgPool') =>
  (original: tf.KernelFunc): tf.KernelFunc =>
  (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>
    const { axis, reductionIndices, keepDims } = params.attrs as Partial<tf.MeanAttrs & tf.MaxAttrs>
    const axes = x.shape.length === 4 ? tf.util.parseAxisParam((axis ?? reductionIndices)!, x.shape).sort() : []
    const [n, height, width, channels] = x.shape as Shape4D
    if (axes.join() !== '1,2' || x.dtype !== 'float32' || height * width < 2 || n * channels === 0)
      return original(params)
    const attrs = { filterSize: [height, width], strides: 1, pad: 'valid' }
    const pooled = call(params.backend as tf.KernelBackend, pooling, { x }, attrs)
    return keepDims ? pooled : reshaped(pooled, [n, channels])
  }
