import type { LayerInfo } from '@vatun/core'
import { VatunError } from '@vatun/core'
import type { Kernel } from '@vatun/core/layers'
import type { Attributes } from '../attributes.js'
import type { Constant } from '../constant.js'
import type { WeightStore } from '../weight-store.js'

/** A node as its operator sees it while the model is loaded. */
export interface OperatorNode {
  readonly name: string
  readonly opType: string
  readonly attributes: Attributes
  /** A constant, `value` for what is computed from the image, or undefined for an optional input left out. */
  readonly inputs: readonly (Constant | 'value' | undefined)[]
  /** Apply a rectifier at the end; only asked of operators with {@link Operator.fusesRelu}. */
  readonly relu: boolean
}

/** One ONNX operator: an entry of the table in `index.ts`. */
export interface Operator {
  /**
   * Checks attributes and operands and uploads weights, once at load. The kernel gets the inputs that are not constants. Every
   * tensor of rank 4 is `[n, height, width, channels]`, whatever the file says; other ranks are as in the file.
   * @throws VatunError naming the node, `unsupported` for a valid variant that is not implemented, `bad-input` otherwise.
   */
  build(node: OperatorNode, weights: WeightStore): Kernel
  /** The node is a layer of this kind, with a name of its own. */
  readonly layer?: LayerInfo['kind']
  /** The node continues the layer before it, if it is the only one to use that layer's output: an activation function, a normalisation, a bias. */
  readonly continues?: (node: Pick<OperatorNode, 'inputs'>) => boolean
  /** A rectifier that follows can be executed in the same kernel. */
  readonly fusesRelu?: boolean
}

/** Starts an error message about a node. */
export function at(node: Pick<OperatorNode, 'name' | 'opType'>): string {
  return `openOnnx: ${node.opType} "${node.name}"`
}

/** The constant float32 operand at a position. @throws VatunError `bad-input` or `unsupported` */
export function floatConstant(node: OperatorNode, index: number, role: string): Constant {
  const operand = node.inputs[index]
  if (operand === undefined) throw new VatunError('bad-input', `${at(node)}: ${role} is missing`)
  if (operand === 'value')
    throw new VatunError('unsupported', `${at(node)}: ${role} is computed from the image, expected a constant`)
  if (operand.dataType !== 'float32')
    throw new VatunError('bad-input', `${at(node)}: ${role} is ${operand.dataType}, expected float32`)
  return operand
}

/** Requires that the operand at a position is computed from the image. @throws VatunError `unsupported` */
export function requireValue(node: OperatorNode, index: number, role: string): void {
  if (node.inputs[index] !== 'value')
    throw new VatunError('unsupported', `${at(node)}: ${role} is constant, expected a value computed from the image`)
}
