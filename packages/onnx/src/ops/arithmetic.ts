import * as tf from '@tensorflow/tfjs-core'
import type { Constant } from '../constant.js'
import { fromFileAxes } from './axes.js'
import { floatConstant, type Operator, type OperatorNode } from './operator.js'

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

const isBias = ({ inputs }: Pick<OperatorNode, 'inputs'>) => inputs.some((input) => input !== 'value')

const binary = (apply: Binary): Operator => ({
  layer: 'other',
  continues: isBias,
  build(node, weights) {
    const position = node.inputs.findIndex((input) => input !== 'value')
    if (position < 0) return ([a, b]) => apply(a!, b!)
    const operand = floatConstant(node, position, `operand ${position + 1}`)
    const asIs = weights.upload(operand)
    const asMap = operand.dims.length <= 4 ? weights.upload(broadcastable(operand), fromFileAxes) : undefined
    return ([x]) => {
      const constant = x!.rank === 4 && asMap ? asMap : asIs
      return position === 0 ? apply(constant, x!) : apply(x!, constant)
    }
  },
})

/** Aligns a constant with a feature map: ONNX broadcasting adds axes in front. */
function broadcastable({ data, dims }: Constant): Pick<Constant, 'data' | 'dims'> {
  return { data, dims: [...Array<number>(4 - dims.length).fill(1), ...dims] }
}

export const Add = binary(tf.add)
export const Sub = binary(tf.sub)
export const Mul = binary(tf.mul)
export const Div = binary(tf.div)
