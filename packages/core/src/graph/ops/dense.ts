import * as tf from '@tensorflow/tfjs-core'
import { readFused } from './fused.js'
import type { GraphOperator } from './operator.js'

/** Product of matrices, a dense layer if the second one is constant. */
export const MatMul: GraphOperator = {
  inputs: 2,
  layer: ({ constants }) => (constants[1]?.rank === 2 ? 'dense' : undefined),
  weights: 1,
  build(node) {
    const { attributes } = node
    const transposeA = attributes.bool('transpose_a', attributes.bool('adj_x', false))
    const transposeB = attributes.bool('transpose_b', attributes.bool('adj_y', false))
    const fused = readFused(node)
    return (inputs, differentiable) => {
      const [a, b] = inputs as [tf.Tensor, tf.Tensor]
      if (differentiable || node.inputs.length === 2)
        return fused.unfused(tf.matMul(a, b, transposeA, transposeB), inputs)
      const { activation } = fused
      const bias = fused.hasBias ? { bias: inputs[2]! } : {}
      return fused.finish(tf.fused.matMul({ a, b, transposeA, transposeB, activation, ...bias }), inputs)
    }
  },
}
