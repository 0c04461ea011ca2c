import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import type { GraphOperator, OperatorNode } from './operator.js'

/**
 * A sum of products by index names, such as `abc,cde->abde`, of one or two operands; a dense layer if the second one is constant. Made of a
 * product of matrices, for `tf.einsum` has no gradient and not every backend has it.
 */
export const Einsum: GraphOperator = {
  inputs: 1,
  layer: ({ constants }) => (constants[1] ? 'dense' : undefined),
  weights: 1,
  build(node) {
    const { operands, result } = readEquation(node)
    const [left, right] = operands
    if (right === undefined) return ([x]) => arrange(x!, left!, result)
    const shared = [...left!].filter((axis) => right.includes(axis))
    const batch = shared.filter((axis) => result.includes(axis))
    const summed = shared.filter((axis) => !result.includes(axis))
    const rows = [...left!].filter((axis) => !shared.includes(axis) && result.includes(axis))
    const columns = [...right].filter((axis) => !shared.includes(axis) && result.includes(axis))
    return ([a, b]) => {
      const sizes = new Map([...sizesOf(a!, left!), ...sizesOf(b!, right)])
      const size = (axes: readonly string[]): number => axes.reduce((product, axis) => product * sizes.get(axis)!, 1)
      const matrices = (x: tf.Tensor, names: string, first: readonly string[], second: readonly string[]) =>
        tf.reshape(arrange(x, names, [...batch, ...first, ...second].join('')), [
          size(batch),
          size(first),
          size(second),
        ])
      const product = tf.matMul(matrices(a!, left!, rows, summed), matrices(b!, right, summed, columns))
      const axes = [...batch, ...rows, ...columns]
      const shaped = tf.reshape(
        product,
        axes.map((axis) => sizes.get(axis)!),
      )
      return arrange(shaped, axes.join(''), result)
    }
  },
}

function readEquation(node: OperatorNode): { operands: string[]; result: string } {
  const equation = node.attributes.text('equation', '').replaceAll(' ', '')
  const [, list, result = ''] = /^([a-z,]+)->([a-z]*)$/i.exec(equation) ?? []
  const operands = list?.split(',') ?? []
  const isPlain = (names: string): boolean => new Set(names).size === names.length
  const known = operands.join('')
  const fits = operands.length === node.inputs.length && [...result].every((axis) => known.includes(axis))
  if (operands.length < 1 || operands.length > 2 || !fits || ![...operands, result].every(isPlain))
    throw new VatunError('unsupported', `${at(node)}: the equation "${equation}" is not supported`)
  return { operands, result }
}

function sizesOf({ shape }: tf.Tensor, names: string): [string, number][] {
  if (shape.length !== names.length) throw new Error(`the operand is [${shape.join(', ')}], expected axes ${names}`)
  return shape.map((size, i) => [names[i]!, size])
}

/** Sums over the axes that are not wanted and brings the others into order. */
function arrange(x: tf.Tensor, names: string, wanted: string): tf.Tensor {
  const dropped = [...names].flatMap((axis, i) => (wanted.includes(axis) ? [] : [i]))
  const rest = [...names].filter((axis) => wanted.includes(axis))
  const kept = dropped.length > 0 ? tf.sum(x, dropped) : x
  return tf.transpose(
    kept,
    [...wanted].map((axis) => rest.indexOf(axis)),
  )
}
