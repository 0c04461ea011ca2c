import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import type { GraphOperator } from './operator.js'
import { readPadding } from './window.js'

/** Batch normalisation with the statistics of training: inputs are x, scale, offset, mean and variance. */
export const FusedBatchNorm: GraphOperator = {
  inputs: 5,
  continues: true,
  build(node) {
    readPadding(node)
    if (node.attributes.bool('is_training', false))
      throw new VatunError('unsupported', `${at(node)}: is in training mode, export the model for inference`)
    if (node.index > 0)
      throw new VatunError('unsupported', `${at(node)}: only its first output is supported, not ${node.index + 1}`)
    const epsilon = node.attributes.float('epsilon', 1e-3)
    return (inputs) => {
      const [x, scale, offset, mean, variance] = inputs as [tf.Tensor4D, ...tf.Tensor1D[]]
      return tf.batchNorm(x, mean!, variance!, offset, scale, epsilon)
    }
  },
}

/** Local response normalisation over neighbouring channels. */
export const LRN: GraphOperator = {
  inputs: 1,
  continues: true,
  build({ attributes }) {
    const radius = attributes.int('depth_radius', 5)
    const bias = attributes.float('bias', 1)
    const alpha = attributes.float('alpha', 1)
    const beta = attributes.float('beta', 0.5)
    return (inputs) => tf.localResponseNormalization(inputs[0] as tf.Tensor4D, radius, bias, alpha, beta)
  },
}
