import type * as tf from '@tensorflow/tfjs-core'

/**
 * `Identity`, which every saving of a tensor for the backward pass is: shares the data. The backend's own copies them, all weights of the network with
 * every gradient, and makes copies of a filter look like other filters.
 */
export function identity(original: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>
    if (x.dtype === 'string') return original(params)
    const backend = params.backend as tf.KernelBackend
    backend.incRef(x.dataId)
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype }
  }
}
