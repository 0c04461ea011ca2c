import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { fileOrder } from '../order.js'
import { broadcast, count, elements, padShape, type Shape, showShape } from '../shape.js'
import type { Operator } from './operator.js'

/** `alpha · A · B + beta · C`, the form of dense layers. */
export const Gemm: Operator = (node) => {
  const [transA, transB] = ['transA', 'transB'].map((name) => node.attributes.int(name, 0) !== 0) as [boolean, boolean]
  const [alpha, beta] = ['alpha', 'beta'].map((name) => node.attributes.float(name, 1)) as [number, number]
  const [a, b] = [matrix(node, 0, transA), matrix(node, 1, transB)]
  if (a[1] !== b[0]) throw node.error('bad-input', `${showShape(a)} times ${showShape(b)} does not fit`)
  const shape = [a[0]!, b[1]!]
  node.checkWork(elements(shape) * Math.abs(a[1]!))
  const left = node.read<tf.Tensor2D>(0, [0, 1])
  const right = node.read<tf.Tensor2D>(1, transB ? [1, 0] : [0, 1])
  if (node.has(2) && !broadcast(node.operand(2).shape, shape)?.every((dim, i) => dim === shape[i]))
    throw node.error('bad-input', `bias is ${showShape(node.operand(2).shape)}, expected [${b[1]}]`)
  const row = node.has(2) && isRow(node.operand(2).shape, b[1]!) ? uploadRow(node) : undefined
  const addend = row ? () => row : node.has(2) ? node.read(2, [0, 1]) : undefined
  return node.result(
    shape,
    [0, 1],
    (run) => {
      const bias = addend?.(run)
      const canFuse = !run.differentiable && !transA && alpha === 1 && beta === 1 && bias === row
      if (canFuse)
        return tf.fused.matMul({
          a: left(run),
          b: right(run),
          ...(row && { bias: row }),
          activation: node.activation,
        })
      const product = tf.matMul(left(run), right(run), transA)
      const scaled = alpha === 1 ? product : tf.mul(product, alpha)
      const sum = bias ? tf.add(scaled, beta === 1 ? bias : tf.mul(bias, beta)) : scaled
      if (node.activation === 'linear') return sum
      return node.activation === 'relu' ? tf.relu(sum) : tf.clipByValue(sum, 0, 6)
    },
    { layer: 'dense' },
  )
}

function isRow(shape: Shape, units: number): boolean {
  return shape.at(-1) === units && shape.slice(0, -1).every((dim) => dim === 1)
}

/** A constant bias of one axis, the form that is fused; undefined for a computed one. */
function uploadRow(node: OperatorNode): tf.Tensor1D | undefined {
  if (!node.isConstant(2)) return undefined
  const { data } = node.floats(2, 'the bias')
  return node.weights.upload<tf.Tensor1D>({ data, dims: [data.length] })
}

function matrix(node: OperatorNode, index: number, transposed: boolean): Shape {
  const { shape } = node.operand(index, index === 0 ? 'the input' : 'the weight')
  if (shape.length === 2) return transposed ? shape.toReversed() : shape
  throw node.error('bad-input', `operand ${index + 1} is ${showShape(shape)}, expected a matrix`)
}

/** Matrix product over the last two axes; a constant matrix on the right is a dense layer, over any axes in front. */
export const MatMul: Operator = (node) => {
  const [a, b] = [node.operand(0, 'the input'), node.operand(1, 'the weight')]
  const fits = a.shape.length > 0 && b.shape.length > 0 && a.shape.at(-1) === (b.shape.at(-2) ?? b.shape[0])
  const shape = fits ? productShape(a.shape, b.shape) : undefined
  if (!shape) throw node.error('bad-input', `${showShape(a.shape)} times ${showShape(b.shape)} does not fit`)
  node.checkWork(elements(shape) * Math.abs(a.shape.at(-1)!))
  if (b.constant && b.shape.length === 2 && a.shape.length >= 2) return timesMatrix(node, shape)
  const rank = Math.max(a.shape.length, b.shape.length, 2)
  const left = node.read(0, fileOrder(Math.max(a.shape.length, 2)))
  const right = node.read(1, fileOrder(b.shape.length))
  return node.result(shape, fileOrder(shape.length), (run) => {
    const x = left(run)
    const y = right(run)
    const columns = y.rank === 1 ? tf.reshape(y, [y.size, 1]) : y
    const [lead, ...rest] = [x, columns].map((t) => tf.reshape(t, [...padShape(t.shape, rank)]))
    const product = tf.matMul(lead!, rest[0]!)
    return product.rank === shape.length ? product : tf.reshape(product, concrete(shape))
  })
}

const concrete = (shape: Shape) => shape.map((dim) => (dim < 0 ? -1 : dim))

function productShape(a: Shape, b: Shape): Shape | undefined {
  const lead = broadcast(a.slice(0, -2), b.slice(0, -2))
  return lead && [...lead, ...a.slice(0, -1).slice(-1), ...(b.length === 1 ? [] : b.slice(-1))]
}

function timesMatrix(node: OperatorNode, shape: Shape) {
  const { shape: from, order: own } = node.operand(0)
  // Any order of the axes in front will do.
  const order = own.at(-1) === own.length - 1 ? own : fileOrder(own.length)
  const [inputs, units] = [from.at(-1)!, shape.at(-1)!]
  if (count(from).power > 1) throw node.error('unsupported', `the input is ${showShape(from)}`)
  const x = node.read(0, order)
  const weight = node.read<tf.Tensor2D>(1, [0, 1])
  return node.result(
    shape,
    order,
    (run) => {
      const input = x(run)
      const a = tf.reshape(input, [-1, inputs]) as tf.Tensor2D
      const product = run.differentiable ? tf.matMul(a, weight(run)) : tf.fused.matMul({ a, b: weight(run) })
      return tf.reshape(product, [...input.shape.slice(0, -1), units])
    },
    { layer: 'dense' },
  )
}
