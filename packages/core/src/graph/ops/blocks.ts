import * as tf from '@tensorflow/tfjs-core'
import { type GraphOperator, integers, type OperatorNode } from './operator.js'

const DepthToSpace: GraphOperator = {
  inputs: 1,
  build(node) {
    const block = node.attributes.int('block_size', 1)
    return ([x]) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC')
  },
}

const SpaceToDepth: GraphOperator = {
  inputs: 1,
  build(node) {
    const block = node.attributes.int('block_size', 1)
    return ([x]) => {
      const [n, height, width, channels] = x!.shape as [number, number, number, number]
      const [rows, columns] = [height / block, width / block]
      const blocks = tf.reshape(x!, [n * rows, block, columns, block * channels])
      return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3]), [n, rows, columns, block ** 2 * channels])
    }
  },
}

type Move = (x: tf.Tensor, blockShape: number[], borders: number[][]) => tf.Tensor

/** Moves blocks of pixels between the images of a batch and the image, which is how TensorFlow dilates a convolution. */
const batchMove = (apply: Move): GraphOperator => ({
  inputs: 3,
  build(node: OperatorNode) {
    const blocks = integers(node, 1)
    const borders = integers(node, 2)
    return (inputs) => {
      const flat = borders(inputs)
      const shape = blocks(inputs)
      const pairs = shape.map((_, axis) => [flat[2 * axis]!, flat[2 * axis + 1]!])
      return apply(inputs[0]!, shape, pairs)
    }
  },
})

/** What moves pixels between axes. */
export const BLOCKS: Readonly<Record<string, GraphOperator>> = {
  BatchToSpaceND: batchMove((x, blocks, crops) => tf.batchToSpaceND(x, blocks, crops)),
  DepthToSpace,
  SpaceToBatchND: batchMove((x, blocks, paddings) => tf.spaceToBatchND(x, blocks, paddings)),
  SpaceToDepth,
}
