import * as tf from '@tensorflow/tfjs-core'
import { averagePool } from '../../average-pool.js'
import { type GraphOperator, integers, type OperatorNode } from './operator.js'
import { type Padding, readPadding, readPair } from './window.js'

type Pool = (x: tf.Tensor4D, size: [number, number], strides: [number, number], pad: Padding) => tf.Tensor

const pool = (plain: Pool, differentiable = plain): GraphOperator => ({
  inputs: 1,
  layer: () => 'pool',
  build(node) {
    const size = readPair(node, 'ksize')
    const strides = readPair(node, 'strides')
    const pad = readPadding(node)
    return ([x], needsGradient) => (needsGradient ? differentiable : plain)(x as tf.Tensor4D, size, strides, pad)
  },
})

export const MaxPool = pool(tf.maxPool)
export const AvgPool = pool(tf.avgPool, averagePool)

type Reduce = (x: tf.Tensor, axes?: number[], keepDims?: boolean) => tf.Tensor

const reduction = (apply: Reduce): GraphOperator => ({
  inputs: 2,
  layer: (node) => (isSpatial(node) ? 'pool' : undefined),
  build(node) {
    const axes = integers(node, 1)
    const keepDims = node.attributes.bool('keep_dims', false)
    return (inputs) => apply(inputs[0]!, axes(inputs), keepDims)
  },
})

/** Over height and width: a global pooling. */
function isSpatial(node: OperatorNode): boolean {
  return node.constants[1] !== undefined && [...integers(node, 1)([])].sort().join() === '1,2'
}

export const Mean = reduction(tf.mean)
export const Sum = reduction(tf.sum)
export const Max = reduction(tf.max)
export const Min = reduction(tf.min)
export const Prod = reduction(tf.prod)
