import * as tf from '@tensorflow/tfjs-core'
import { type Operator, requireValue } from './operator.js'

const continues = () => true

const elementwise = (apply: (x: tf.Tensor) => tf.Tensor): Operator => ({
  continues,
  build(node) {
    requireValue(node, 0, 'the input')
    return ([x]) => apply(x!)
  },
})

export const Relu = elementwise(tf.relu)
export const Sigmoid = elementwise(tf.sigmoid)
export const Tanh = elementwise(tf.tanh)
export const Identity = elementwise(tf.clone)
/** Does nothing at inference. */
export const Dropout = Identity
