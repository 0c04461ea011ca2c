import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { toFileAxes } from './axes.js'
import { at, type Operator, type OperatorNode, requireValue } from './operator.js'
import { readWindow } from './window.js'

export const MaxPool: Operator = {
  layer: 'pool',
  build(node) {
    const { kernel, strides, padding } = readPool(node)
    return ([x]) => tf.maxPool(x as tf.Tensor4D, kernel, strides, padding)
  },
}

export const AveragePool: Operator = {
  layer: 'pool',
  build(node) {
    const { kernel, strides, padding } = readPool(node)
    if (padding !== 'valid' && node.attributes.int('count_include_pad', 0) !== 0)
      throw new VatunError('unsupported', `${at(node)}: count_include_pad is not supported`)
    return ([x]) => tf.avgPool(x as tf.Tensor4D, kernel, strides, padding)
  },
}

export const GlobalAveragePool: Operator = {
  layer: 'pool',
  build: (node) => {
    requireValue(node, 0, 'the input')
    return ([x]) => tf.mean(x!, [1, 2], true)
  },
}

/** Mean over axes: the usual form of global average pooling in files that PyTorch exports. */
export const ReduceMean: Operator = {
  layer: 'pool',
  build(node) {
    requireValue(node, 0, 'the input')
    const operand = node.inputs[1]
    if (operand === 'value') throw new VatunError('unsupported', `${at(node)}: axes are not constant`)
    const axes = operand ? Array.from(operand.data) : node.attributes.optionalInts('axes')
    if (!axes?.length) throw new VatunError('unsupported', `${at(node)}: a mean over all axes is not supported`)
    const keepDims = node.attributes.int('keepdims', 1) !== 0
    return ([x]) => {
      const rank = x!.rank
      if (keepDims || rank !== 4) return tf.mean(x!, toStored(axes, rank), keepDims)
      // Whatever is left has another rank, so it has to be in the file's order.
      return axes.length > 1 && !axes.some((axis) => (axis + rank) % rank < 2)
        ? tf.mean(x!, [1, 2])
        : tf.tidy(() => tf.mean(toFileAxes(x!), [...axes]))
    }
  },
}

function toStored(axes: readonly number[], rank: number): number[] {
  const stored = [0, 3, 1, 2]
  return axes.map((axis) => (rank === 4 ? stored[(axis + rank) % rank]! : axis))
}

function readPool(node: OperatorNode) {
  requireValue(node, 0, 'the input')
  const kernel = node.attributes.ints('kernel_shape', [], 2) as [number, number]
  const { strides, dilations, padding } = readWindow(node, kernel)
  if (dilations.some((d) => d !== 1)) throw new VatunError('unsupported', `${at(node)}: dilations are not supported`)
  if (node.attributes.int('ceil_mode', 0) !== 0)
    throw new VatunError('unsupported', `${at(node)}: ceil_mode is not supported`)
  return { kernel, strides, padding }
}
