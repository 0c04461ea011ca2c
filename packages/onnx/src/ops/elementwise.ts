import type * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { fileOrder, type Order, padOrder } from '../order.js'
import { broadcast, elements, type Shape, showShape } from '../shape.js'
import type { Operator } from './operator.js'

/** An operator that computes each element from one element, wherever it lies. */
export function elementwise(prepare: (node: OperatorNode) => (x: tf.Tensor) => tf.Tensor): Operator {
  return (node) => {
    const { shape, order } = node.operand(0, 'the input')
    const apply = prepare(node)
    const x = node.read(0)
    return node.result(shape, order, (run) => apply(x(run)), { continues: true })
  }
}

/** How operands that are combined element by element are laid out. */
export interface Alignment {
  readonly shape: Shape
  readonly order: Order
}

/** Broadcasts all operands of a node; the largest computed one stays as it lies. */
export function align(node: OperatorNode, indices: readonly number[]): Alignment {
  const operands = indices.map((index) => node.operand(index))
  const shape = operands.reduce<Shape>((all, { shape: next }) => {
    const both = broadcast(all, next)
    if (both) return both
    throw node.error('bad-input', `shapes ${operands.map((o) => showShape(o.shape)).join(' and ')} do not fit`)
  }, [])
  const rank = shape.length
  const computed = operands.filter((operand) => !operand.constant)
  const weight = (o: { shape: Shape }) => o.shape.length * 2 ** 40 + elements(o.shape)
  const [largest] = computed.toSorted((a, b) => weight(b) - weight(a))
  return { shape, order: largest ? padOrder(largest.order, rank) : fileOrder(rank) }
}
