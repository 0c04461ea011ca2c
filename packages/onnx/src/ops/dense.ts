import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import type { Kernel } from '@vatun/core/layers'
import type { WeightStore } from '../weight-store.js'
import { at, floatConstant, type Operator, type OperatorNode, requireValue } from './operator.js'

/** `alpha * x * weight + beta * bias`, the form of dense layers. */
export const Gemm: Operator = {
  layer: 'dense',
  fusesRelu: true,
  build(node, weights) {
    requireValue(node, 0, 'the input')
    if (node.attributes.int('transA', 0) !== 0)
      throw new VatunError('unsupported', `${at(node)}: transA is not supported`)
    const transposed = node.attributes.int('transB', 0) !== 0
    const alpha = node.attributes.float('alpha', 1)
    const beta = node.attributes.float('beta', 1)
    const matrix = floatConstant(node, 1, 'the weight')
    checkMatrix(node, matrix.dims)
    const weight = weights.upload(matrix, (t) => {
      const inOut = transposed ? tf.transpose(t as tf.Tensor2D) : (t as tf.Tensor2D)
      return alpha === 1 ? inOut : tf.mul<tf.Tensor2D>(inOut, alpha)
    })
    if (node.inputs[2] === undefined) return dense(node, weight)
    const units = weight.shape[1]
    const biases = floatConstant(node, 2, 'the bias')
    const bias = weights.upload(biases, (t) =>
      tf.mul<tf.Tensor1D>(tf.broadcastTo(tf.reshape(t, [t.size]), [units]), beta),
    )
    return dense(node, weight, bias)
  },
}

/** Product with a constant matrix. */
export const MatMul: Operator = {
  layer: 'dense',
  build(node, weights: WeightStore) {
    requireValue(node, 0, 'the input')
    const matrix = floatConstant(node, 1, 'the weight')
    checkMatrix(node, matrix.dims)
    return dense(node, weights.upload<tf.Tensor2D>(matrix))
  },
}

function dense(node: OperatorNode, weight: tf.Tensor2D, bias?: tf.Tensor1D): Kernel {
  return ([x], differentiable) => {
    const a = x as tf.Tensor2D
    if (!differentiable)
      return tf.fused.matMul({
        a,
        b: weight,
        ...(bias && { bias }),
        activation: node.relu ? 'relu' : 'linear',
      })
    const product = tf.matMul(a, weight)
    const biased = bias ? tf.add(product, bias) : product
    return node.relu ? tf.relu(biased) : biased
  }
}

function checkMatrix(node: OperatorNode, dims: readonly number[]): void {
  if (dims.length !== 2)
    throw new VatunError('unsupported', `${at(node)}: weight is [${dims.join(', ')}], expected a matrix`)
}
