import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { align } from './elementwise.js'
import type { Operator } from './operator.js'

type Binary = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor

/** Of two branches it is a layer; with a constant it continues the layer before it, as a bias does. */
const role = (node: OperatorNode) =>
  Array.from({ length: node.arity }, (_, i) => i).some((i) => node.isConstant(i))
    ? { continues: true }
    : { layer: 'other' as const }

const binary =
  (apply: Binary): Operator =>
  (node) => {
    const { shape, order } = align(node, [0, 1])
    const [a, b] = [node.read(0, order), node.read(1, order)]
    return node.result(shape, order, (run) => apply(a(run), b(run)), role(node))
  }

/** Operators of any number of operands. */
const variadic =
  (apply: Binary, finish: (total: tf.Tensor, n: number) => tf.Tensor = (total) => total): Operator =>
  (node) => {
    const indices = Array.from({ length: node.arity }, (_, i) => i)
    if (indices.length === 0) throw node.error('bad-input', 'no operands')
    const { shape, order } = align(node, indices)
    const readers = indices.map((i) => node.read(i, order))
    return node.result(
      shape,
      order,
      (run) =>
        finish(
          readers.map((read) => read(run)).reduce((total, next) => apply(total, next)),
          readers.length,
        ),
      readers.length > 1 ? role(node) : { continues: true },
    )
  }

export const Add = binary(tf.add)
export const Sub = binary(tf.sub)
export const Mul = binary(tf.mul)
export const Div = binary(tf.div)
export const Max = variadic(tf.maximum)
export const Min = variadic(tf.minimum)
export const Sum = variadic(tf.add)
export const Mean = variadic(tf.add, (total, n) => tf.div(total, n))

const POWERS: Readonly<Record<number, (x: tf.Tensor) => tf.Tensor>> = { 0.5: tf.sqrt, 1: (x) => x, 2: tf.square }

export const Pow: Operator = (node) => {
  const { constant } = node.operand(1, 'the exponent')
  const exponent = constant && constant.data.length === 1 ? constant.data[0]! : undefined
  if (constant?.scaled?.some(Boolean)) throw node.error('unsupported', 'the exponent depends on the batch size')
  const { shape, order } = align(node, [0, 1])
  const x = node.read(0, order)
  if (exponent === undefined || node.isConstant(0)) {
    const powers = node.read(1, order, true)
    return node.result(shape, order, (run) => tf.pow(x(run), powers(run)), role(node))
  }
  const simple = POWERS[exponent]
  // The gradient of a whole power by a constant exponent needs no logarithm, which negative numbers have not.
  const apply = simple ?? ((a: tf.Tensor) => tf.pow(a, tf.scalar(exponent)))
  return node.result(shape, order, (run) => apply(x(run)), { continues: true })
}
