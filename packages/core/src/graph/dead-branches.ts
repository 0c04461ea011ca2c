import type * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../errors.js'
import { at, type GraphNode, splitValue, type ValueName } from './graph-node.js'

/**
 * Follows `Switch` and `Merge`, by which older TensorFlow chose between training and inference: the condition is constant in a model that
 * was exported, and one of the branches is never computed.
 */
export function createBranches() {
  const dead = new Set<ValueName>()
  return {
    /**
     * Looks at one output of a node, each after those it needs.
     * @returns The node without the inputs that never come, undefined if the output never comes itself.
     * @throws VatunError `unsupported` if the condition depends on the image.
     */
    follow(node: GraphNode, value: ValueName, constants: ReadonlyMap<ValueName, tf.Tensor>): GraphNode | undefined {
      const inputs = node.inputs.filter((input) => !dead.has(input))
      const comes = node.op === 'Merge' ? inputs.length > 0 : inputs.length === node.inputs.length
      if (comes && (node.op !== 'Switch' || splitValue(value).index === takenOutput(node, constants)))
        return { ...node, inputs }
      dead.add(value)
      return undefined
    },
  }
}

/** Output of a `Switch` that its data take: 0 if the condition is false, otherwise 1. */
function takenOutput(node: GraphNode, constants: ReadonlyMap<ValueName, tf.Tensor>): number {
  const condition = constants.get(node.inputs[1] ?? '')
  if (condition?.size === 1) return condition.dataSync()[0] ? 1 : 0
  throw new VatunError(
    'unsupported',
    `${at(node)}: its condition is computed from the image, export the model for inference`,
  )
}
