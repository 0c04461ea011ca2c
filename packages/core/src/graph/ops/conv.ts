import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import { readFused } from './fused.js'
import { checkResult, type GraphOperator, integers, type OperatorNode } from './operator.js'
import { type Padding, readPadding, readPair } from './window.js'

type Fusable = typeof tf.fused.conv2d

/** Convolutions of both kinds, with what the converter merged into them; the gradient of merged ones is not on all backends. */
const convolution = (plain: typeof tf.conv2d | typeof tf.depthwiseConv2d, merged: Fusable): GraphOperator => ({
  inputs: 2,
  layer: () => 'conv',
  weights: 1,
  build(node) {
    checkFilter(node)
    const strides = readPair(node, 'strides')
    const dilations = readPair(node, 'dilations')
    const pad = readPadding(node)
    const fused = readFused(node)
    return (inputs, differentiable) => {
      const [x, filter] = inputs as [tf.Tensor4D, tf.Tensor4D]
      const groups = plain === tf.conv2d ? groupsOf(node, x, filter) : 1
      if (groups > 1) return fused.unfused(inGroups(x, filter, groups, strides, pad, dilations), inputs)
      if (differentiable || node.inputs.length === 2)
        return fused.unfused(plain(x, filter, strides, pad, 'NHWC', dilations), inputs)
      const { activation } = fused
      const bias = fused.hasBias ? { bias: inputs[2]! } : {}
      return fused.finish(merged({ x, filter, strides, pad, dilations, activation, ...bias }), inputs)
    }
  },
})

function inGroups(
  x: tf.Tensor4D,
  filter: tf.Tensor4D,
  groups: number,
  strides: [number, number],
  pad: Padding,
  dilations: [number, number],
): tf.Tensor4D {
  const [height, width, perGroup, filters] = filter.shape
  if (perGroup === 1 && strides[0] === strides[1]) {
    // A depthwise convolution: one operation instead of one for each channel. (Not all backends have it with strides that differ.)
    const depthwise = tf.reshape<tf.Rank.R4>(filter, [height, width, groups, filters / groups])
    return tf.depthwiseConv2d(x, depthwise, strides, pad, 'NHWC', dilations)
  }
  const parts = tf.split<tf.Tensor4D>(filter, groups, 3)
  const sums = tf
    .split<tf.Tensor4D>(x, groups, 3)
    .map((part, i) => tf.conv2d(part, parts[i]!, strides, pad, 'NHWC', dilations))
  return tf.concat(sums, 3)
}

/** TensorFlow convolves in groups where the filters have fewer channels than the map; TensorFlow.js does not. */
function groupsOf(node: OperatorNode, x: tf.Tensor4D, filter: tf.Tensor4D): number {
  const [channels, perGroup, filters] = [x.shape[3], filter.shape[2], filter.shape[3]]
  const groups = channels / perGroup
  if (Number.isInteger(groups) && filters % groups === 0) return groups
  throw new VatunError(
    'bad-input',
    `${at(node)}: the map has ${channels} channels, the filter is [${filter.shape.join(', ')}]`,
  )
}

function checkFilter(node: OperatorNode): void {
  const filter = node.constants[1]
  if (filter && filter.rank !== 4)
    throw new VatunError('bad-input', `${at(node)}: the filter is [${filter.shape.join(', ')}], expected rank 4`)
}

export const Conv2D = convolution(tf.conv2d, tf.fused.conv2d)
export const DepthwiseConv2D = convolution(tf.depthwiseConv2d, tf.fused.depthwiseConv2d as Fusable)

/** A transposed convolution. */
export const Conv2DBackpropInput: GraphOperator = {
  inputs: 3,
  layer: () => 'conv',
  weights: 1,
  build(node) {
    checkFilter(node)
    const strides = readPair(node, 'strides')
    const pad = readPadding(node)
    const size = integers(node, 0)
    return (inputs) => {
      const [, filter, x] = inputs as [tf.Tensor, tf.Tensor4D, tf.Tensor4D]
      const [, height, width, channels] = size(inputs)
      const shape = [x.shape[0], height!, width!, channels!] as [number, number, number, number]
      checkResult(node, shape)
      return tf.conv2dTranspose(x, filter, shape, strides, pad)
    }
  },
}
