import type * as tf from '@tensorflow/tfjs-core'
import type { LayerInfo } from '@vatun/core'
import type { OperatorNode } from '../operator-node.js'
import type { Order } from '../order.js'
import type { Shape } from '../shape.js'

/** What a kernel gets when it is executed. */
export interface Run {
  /** The computed operands of the node, borrowed. */
  readonly tensors: readonly tf.Tensor[]
  /** Only operations whose gradient by the input exists may be used. */
  readonly differentiable: boolean
}

/** Gives an operand in the order of axes that was asked for at load. The tensor is borrowed. */
export type Reader<T extends tf.Tensor = tf.Tensor> = (run: Run) => T

/** One output of a node. */
export interface Output {
  /** In the file's order of axes. */
  readonly shape: Shape
  /** How the kernel's tensor lies. */
  readonly order: Order
  /** Computes the output inside a `tf.tidy`; may return a tensor that it was given. */
  readonly compute: (run: Run) => tf.Tensor
}

/** What an operator makes of a node at load. */
export interface Built {
  readonly outputs: readonly Output[]
  /** The node is a layer of this kind, with a name of its own. */
  readonly layer?: LayerInfo['kind']
  /** The node continues the layer before it, if it alone uses that layer's output: an activation function, a normalisation, a bias. */
  readonly continues?: boolean
}

/**
 * One ONNX operator, an entry of the table in `index.ts`. Checks attributes and operands and uploads weights, once at load.
 * @throws VatunError naming the node: `unsupported` for a valid variant that is not implemented, `bad-input` otherwise.
 */
export type Operator = (node: OperatorNode) => Built
