import type * as tf from '@tensorflow/tfjs-core'
import type { LayerInfo } from '../../classifier.js'
import { VatunError } from '../../errors.js'
import { at, type GraphNode } from '../graph-node.js'

/** A node as its operator sees it while the model is loaded. */
export interface OperatorNode extends GraphNode {
  /** For each input its tensor, if it is constant, which the model owns. */
  readonly constants: readonly (tf.Tensor | undefined)[]
  /** Which of the node's outputs is asked for. */
  readonly index: number
  /** Images that the graph was exported for, if it fixes that. */
  readonly batch: number | undefined
}

/**
 * Executes a node. Gets all inputs in order, borrowed, constants among them; returns a new tensor. Called inside `tf.tidy`.
 * @param differentiable Only operations whose gradient by the inputs exists may be used.
 */
export type GraphKernel = (inputs: readonly tf.Tensor[], differentiable: boolean) => tf.Tensor

/** One TensorFlow operation: an entry of the table in `index.ts`. */
export interface GraphOperator {
  /** Checks attributes and operands, once at load. @throws VatunError naming the node. */
  build(node: OperatorNode): GraphKernel
  /** Least number of inputs. */
  readonly inputs: number
  /** What kind of layer the node is, if any. */
  readonly layer?: (node: OperatorNode) => LayerInfo['kind'] | undefined
  /** The node continues the layer before it, if that is the only input that is not constant: an activation function, a bias. */
  readonly continues?: boolean
  /** Input that holds the trained weights, after which the layer is named. */
  readonly weights?: number
}

/** Values of one image's feature map at most: a damaged size rather than a classifier. */
const MAX_VALUES = 2 ** 25

/** Refuses a result that is too large before it is computed. @throws VatunError `bad-input` */
export function checkResult(node: GraphNode, shape: readonly number[]): void {
  const size = shape.reduce((a, b) => a * b, 1)
  const batch = Math.max(1, shape[0] ?? 1)
  if (shape.every((axis) => Number.isInteger(axis) && axis >= 0) && size / batch <= MAX_VALUES && batch <= MAX_VALUES)
    return
  throw new VatunError(
    'bad-input',
    `${at(node)}: the result would be [${shape.join(', ')}], more than expected of a classifier, the file is damaged`,
  )
}

/** Whole numbers of an input, such as a shape: read once if it is constant. */
export function integers(node: OperatorNode, input: number): (inputs: readonly tf.Tensor[]) => number[] {
  const read = (tensor: tf.Tensor): number[] => Array.from(tensor.dataSync())
  const constant = node.constants[input]
  if (!constant) return (inputs) => read(inputs[input]!)
  if (constant.size > 1024)
    throw new VatunError('bad-input', `${at(node)}: input ${input + 1} has ${constant.size} sizes`)
  const values = read(constant)
  return () => values
}

/** One whole number of an input, see {@link integers}. */
export function integer(node: OperatorNode, input: number): (inputs: readonly tf.Tensor[]) => number {
  const read = integers(node, input)
  return (inputs) => read(inputs)[0] ?? 0
}
