import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { fromFileAxes, toFileAxes } from './axes.js'
import { at, type Operator, requireValue } from './operator.js'

/** Everything but the batch in one axis, in the file's order, so that the weights after it fit as they are. */
export const Flatten: Operator = {
  continues: () => false,
  build(node) {
    requireValue(node, 0, 'the input')
    const axis = node.attributes.int('axis', 1)
    if (axis !== 1) throw new VatunError('unsupported', `${at(node)}: axis ${axis}, only 1 is supported`)
    return ([x]) => reshape(x!, [x!.shape[0]!, -1])
  },
}

/** To a constant shape whose first axis is the batch, whatever number the file has there. */
export const Reshape: Operator = {
  build(node) {
    requireValue(node, 0, 'the input')
    const shape = node.inputs[1]
    if (shape === undefined || shape === 'value')
      throw new VatunError('unsupported', `${at(node)}: the shape is not constant`)
    const dims = Array.from(shape.data)
    return ([x]) => reshape(x!, [x!.shape[0]!, ...dims.slice(1)])
  },
}

function reshape(x: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.tidy(() => {
    // A map of one pixel is the same in both orders.
    const ordered = x.rank === 4 && x.shape[1]! * x.shape[2]! > 1 ? toFileAxes(x) : x
    return fromFileAxes(tf.reshape(ordered, shape))
  })
}
