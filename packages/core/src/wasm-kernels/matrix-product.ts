import * as tf from '@tensorflow/tfjs-core'
import { derive } from './derived-data.js'
import { call, free } from './kernel.js'

/**
 * `BatchMatMul` of transposed operands, which the gradients of dense layers are. The backend has fast code for plain products only, so the
 * operands are transposed first: the right one, a layer's weights, once for all.
 */
export function matrixProduct(original: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { a, b } = params.inputs as Record<'a' | 'b', tf.TensorInfo>
    const { transposeA, transposeB } = params.attrs as unknown as tf.BatchMatMulAttrs
    const single = [a, b].every(
      ({ shape, dtype }) => dtype === 'float32' && tf.util.sizeFromShape(shape.slice(0, -2)) === 1,
    )
    if (!single || !(transposeA || transposeB)) return original(params)
    const backend = params.backend as tf.KernelBackend
    const left = transposeA ? transpose(backend, a) : a
    const right = transposeB ? derive(backend, b, 'transposed', () => transpose(backend, b)) : b
    const attrs = { transposeA: false, transposeB: false }
    const product = original({ ...params, inputs: { a: left, b: right }, attrs })
    if (left !== a) free(backend, left)
    return product
  }
}

function transpose(backend: tf.KernelBackend, matrix: tf.TensorInfo): tf.TensorInfo {
  const axes = matrix.shape.map((_, axis) => axis)
  const [row, column] = axes.splice(-2) as [number, number]
  return call(backend, 'Transpose', { x: matrix }, { perm: [...axes, column, row] })
}
