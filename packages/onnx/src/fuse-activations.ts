import type { Constant } from './constant.js'
import type { GraphNode } from './graph.js'
import type { FusedActivation } from './operator-node.js'

/** Which activation functions are executed by the node before them. */
export interface FusedNodes {
  /** The activation functions that are left out. */
  readonly absorbed: ReadonlySet<GraphNode>
  /** The nodes before them, with the output of the function as their own. */
  readonly renamed: ReadonlyMap<GraphNode, GraphNode>
  /** By the renamed node. */
  readonly activations: ReadonlyMap<GraphNode, FusedActivation>
}

const FUSING = new Set(['Conv', 'Gemm'])

/** Pairs convolutions and dense layers with the rectifier after them, if it alone uses their output. */
export function findFused(
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Constant>,
  output: string,
): FusedNodes {
  const users = findUsers(nodes)
  const absorbed = new Set<GraphNode>()
  const renamed = new Map<GraphNode, GraphNode>()
  const activations = new Map<GraphNode, FusedActivation>()
  for (const node of nodes) {
    const own = node.outputs[0] ?? ''
    const [next, ...others] = users.get(own) ?? []
    if (!FUSING.has(node.opType) || !next || others.length > 0 || own === output) continue
    const activation = activationOf(next, own, nodes, constants)
    if (!activation) continue
    const fused = { ...node, outputs: next.outputs }
    absorbed.add(next)
    renamed.set(node, fused)
    activations.set(fused, activation)
  }
  return { absorbed, renamed, activations }
}

function activationOf(
  { opType, inputs, attributes }: GraphNode,
  value: string,
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Constant>,
): FusedActivation | undefined {
  if (opType === 'Relu') return 'relu'
  if (opType !== 'Clip' || inputs[0] !== value) return undefined
  const limit = (index: number, name: string): number | undefined => {
    const input = inputs[index]
    return input ? constantNumber(input, nodes, constants) : attributes.numbers(name)?.[0]
  }
  return limit(1, 'min') === 0 && limit(2, 'max') === 6 ? 'relu6' : undefined
}

/** The nodes that use each value. */
export function findUsers(nodes: readonly GraphNode[]): Map<string, GraphNode[]> {
  const users = new Map<string, GraphNode[]>()
  for (const node of nodes)
    for (const name of new Set(node.inputs)) {
      const known = users.get(name)
      if (known) known.push(node)
      else users.set(name, [node])
    }
  return users
}

/** The value of a constant of one number, an initializer or a `Constant` node. */
export function constantNumber(
  name: string,
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Constant>,
): number | undefined {
  const node = constants.has(name)
    ? undefined
    : nodes.find(({ opType, outputs }) => opType === 'Constant' && outputs[0] === name)
  const constant = node?.attributes.has('value') ? node.attributes.tensor('value') : constants.get(name)
  if (constant) return constant.data.length === 1 ? constant.data[0] : undefined
  return node?.attributes.numbers('value_float')?.[0]
}
