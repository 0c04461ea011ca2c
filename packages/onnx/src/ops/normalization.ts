import * as tf from '@tensorflow/tfjs-core'
import { floatConstant, type Operator, requireValue } from './operator.js'

/** Batch normalisation with the statistics of training, as one multiplication and one addition. */
export const BatchNormalization: Operator = {
  continues: () => true,
  build(node, weights) {
    requireValue(node, 0, 'the input')
    const [scale, bias, mean, variance] = ['scale', 'bias', 'mean', 'variance'].map(
      (role, i) => floatConstant(node, i + 1, `the ${role}`).data,
    )
    const epsilon = node.attributes.float('epsilon', 1e-5)
    const slopes = scale!.map((s, c) => s / Math.sqrt(variance![c]! + epsilon))
    const offsets = bias!.map((b, c) => b - mean![c]! * slopes[c]!)
    const slope = weights.upload({ data: slopes, dims: [slopes.length] })
    const offset = weights.upload({ data: offsets, dims: [offsets.length] })
    // Channels are the last axis of maps and of vectors alike.
    return ([x]) => tf.tidy(() => tf.add(tf.mul(x!, slope), offset))
  },
}
