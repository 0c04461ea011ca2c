import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import type { Constant } from './constant.js'
import { FOLDS } from './fold/index.js'
import type { GraphNode } from './graph.js'
import { type FusedActivation, MAX_ELEMENTS, type Operand, OperatorNode, type ValueType } from './operator-node.js'
import { OPERATORS } from './ops/index.js'
import type { Built, Output } from './ops/operator.js'
import { fileOrder } from './order.js'
import { elements } from './shape.js'
import type { WeightStore } from './weight-store.js'

/** A node that is executed for every image. */
export interface BuiltNode {
  readonly node: GraphNode
  readonly built: Built
  /** Names of the computed values it uses, in the order of its kernel's tensors. */
  readonly inputs: readonly string[]
  /** What it computes: outputs that are used, by name. */
  readonly outputs: ReadonlyMap<string, Output>
}

/** A graph after its constants are folded: what is known of each value, and what is left to execute. */
export interface BuiltGraph {
  readonly constants: ReadonlyMap<string, Constant>
  readonly types: ReadonlyMap<string, ValueType>
  readonly nodes: readonly BuiltNode[]
}

/** What building a graph starts from. */
export interface GraphParts {
  readonly opset: number
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, Constant>
  /** The values that are given when it runs. */
  readonly inputs: ReadonlyMap<string, ValueType>
  readonly outputs: readonly string[]
  readonly fileBatch?: number | undefined
  /** The activation function that a node executes as well. */
  readonly activationOf?: (node: GraphNode) => FusedActivation
}

/** Elements of all values of one forward pass for one image at most. */
const MAX_TOTAL = 8 * MAX_ELEMENTS

/**
 * Finds shape and order of every value, node by node, evaluates on the host what does not depend on the image, and prepares the rest.
 * Nothing is allocated for values, so that absurd sizes are refused first.
 * @throws VatunError naming the node; unsupported operators all in one.
 */
export function buildGraph(parts: GraphParts, weights: WeightStore): BuiltGraph {
  checkSupported(parts.nodes)
  const constants = new Map(parts.constants)
  const types = new Map(parts.inputs)
  const used = new Set([...parts.outputs, ...parts.nodes.flatMap((node) => node.inputs)])
  const operandOf = (name: string): Operand | undefined => {
    const constant = constants.get(name)
    if (constant) return { constant, shape: constant.dims, order: fileOrder(constant.dims.length) }
    return types.get(name)
  }
  let total = 0
  const nodes = parts.nodes.flatMap((node): BuiltNode[] => {
    const { name, opType, attributes, inputs, outputs } = node
    const described = new OperatorNode({
      name,
      opType,
      attributes,
      opset: parts.opset,
      operands: inputs.map((input) => (input === '' ? undefined : operandOf(input))),
      outputs: outputs.findLastIndex((output, i) => i === 0 || used.has(output)) + 1,
      activation: parts.activationOf?.(node) ?? 'linear',
      fileBatch: parts.fileBatch,
      weights,
    })
    const folded = guard(described, () => fold(described))
    if (folded) {
      for (const [i, constant] of folded.entries()) if (outputs[i]) constants.set(outputs[i], constant)
      return []
    }
    const operator = Object.hasOwn(OPERATORS, opType) ? OPERATORS[opType] : undefined
    if (!operator) throw described.error('unsupported', 'it computes from the image, expected constants')
    const built = guard(described, () => operator(described))
    described.releaseConstants()
    const computed = new Map<string, Output>()
    for (const [i, output] of built.outputs.entries()) {
      if (!outputs[i]) continue
      computed.set(outputs[i], output)
      types.set(outputs[i], output)
      total += elements(output.shape)
    }
    if (total > MAX_TOTAL)
      throw described.error('unsupported', 'all values together are larger than any classifier needs')
    return [{ node, built, inputs: inputs.filter((input) => types.has(input)), outputs: computed }]
  })
  return { constants, types, nodes }
}

function fold(node: OperatorNode): readonly Constant[] | undefined {
  const folds = Object.hasOwn(FOLDS, node.opType) ? FOLDS[node.opType] : undefined
  const result = folds?.(node)
  return result && ('data' in result ? [result] : result)
}

function guard<T>(node: OperatorNode, task: () => T): T {
  try {
    return task()
  } catch (error) {
    if (error instanceof VatunError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw node.error('bad-input', message)
  }
}

function checkSupported(nodes: readonly GraphNode[]): void {
  const unsupported = nodes.filter(({ opType }) => !Object.hasOwn(OPERATORS, opType) && !Object.hasOwn(FOLDS, opType))
  if (unsupported.length === 0) return
  const operators = new Map<string, string[]>()
  for (const { opType, name } of unsupported) operators.set(opType, [...(operators.get(opType) ?? []), name])
  const list = Array.from(operators, ([opType, names]) => `${opType} (${names.join(', ')})`)
  throw new VatunError('unsupported', `openOnnx: operators that are not supported: ${list.join('; ')}`, {
    details: { operators: Object.fromEntries(operators) },
  })
}

/** Executes one output of a node: frees what the kernel makes on the way, and never returns a tensor that it was given. */
export function executeOutput(output: Output, tensors: readonly tf.Tensor[], differentiable: boolean): tf.Tensor {
  return tf.tidy(() => {
    const result = output.compute({ tensors, differentiable })
    return result.kept || tensors.includes(result) ? tf.clone(result) : result
  })
}
