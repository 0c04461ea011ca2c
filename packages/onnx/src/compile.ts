import type { Tensor } from '@tensorflow/tfjs-core'
import { type LayerInfo, VatunError } from '@vatun/core'
import type { Graph, GraphNode } from './graph.js'
import { readableNames } from './layer-names.js'
import { OPERATORS } from './ops/index.js'
import type { Kernel, Operator, OperatorNode } from './ops/operator.js'
import type { WeightStore } from './weight-store.js'

/** One kernel to execute. */
export interface Step {
  /** Names the node in error messages. */
  readonly label: string
  readonly kernel: Kernel
  /** Values it needs, constants left out. */
  readonly inputs: readonly string[]
  readonly output: string
}

/** A layer and the value that stands for it. */
export interface LayerValue {
  readonly name: string
  readonly kind: LayerInfo['kind']
  readonly value: string
}

/** Steps in order of execution, and which values are layers. */
export interface Program {
  readonly steps: readonly Step[]
  readonly layers: readonly LayerValue[]
}

/** Turns a graph into kernels with weights on the device; a rectifier joins the convolution or dense layer before it. */
export function compile(graph: Graph, weights: WeightStore): Program {
  const users = findUsers(graph)
  const steps: Step[] = []
  const fused = new Set<GraphNode>()
  for (const node of graph.nodes) {
    if (fused.has(node)) continue
    const operator = OPERATORS[node.opType]!
    const next = onlyUser(graph, users, node.output)
    const relu = operator.fusesRelu === true && next?.opType === 'Relu'
    if (relu) fused.add(next)
    steps.push({
      label: `${node.opType} "${node.name}"`,
      kernel: operator.build(describe(graph, node, relu), weights),
      inputs: node.inputs.filter((name) => name !== '' && !graph.constants.has(name)),
      output: relu ? next.output : node.output,
    })
  }
  return { steps, layers: findLayers(graph, users) }
}

function describe(graph: Graph, node: GraphNode, relu = false): OperatorNode {
  const { name, opType, attributes } = node
  const inputs = node.inputs.map((input) => (input === '' ? undefined : (graph.constants.get(input) ?? 'value')))
  return { name, opType, attributes, inputs, relu }
}

function findLayers(graph: Graph, users: Users): LayerValue[] {
  const nodes = graph.nodes.filter((node) => {
    const operator = OPERATORS[node.opType]!
    return operator.layer !== undefined && !continuesLayer(graph, node, operator)
  })
  const names = readableNames(nodes)
  return nodes.map((node, i) => {
    let value = node.output
    for (;;) {
      const next = onlyUser(graph, users, value)
      if (!next || !continuesLayer(graph, next, OPERATORS[next.opType]!)) break
      value = next.output
    }
    return { name: names[i]!, kind: OPERATORS[node.opType]!.layer!, value }
  })
}

function continuesLayer(graph: Graph, node: GraphNode, operator: Operator): boolean {
  return operator.continues?.(describe(graph, node)) ?? false
}

type Users = ReadonlyMap<string, readonly GraphNode[]>

function findUsers(graph: Graph): Users {
  const users = new Map<string, GraphNode[]>()
  for (const node of graph.nodes)
    for (const name of node.inputs) {
      const list = users.get(name)
      if (list) list.push(node)
      else users.set(name, [node])
    }
  return users
}

/** The node that alone uses a value, unless the value is also the output. */
function onlyUser(graph: Graph, users: Users, value: string): GraphNode | undefined {
  const list = users.get(value)
  return list?.length === 1 && value !== graph.output ? list[0] : undefined
}

/** Executes what the targets need; see `TfjsNetwork.run`. Call it inside `tf.tidy`. */
export function execute(
  steps: readonly Step[],
  given: ReadonlyMap<string, Tensor>,
  targets: readonly string[],
  differentiable: boolean,
): Tensor[] {
  const { needed, uses } = plan(steps, given, targets)
  const values = new Map(given)
  for (const step of needed) {
    values.set(step.output, runStep(step, values, differentiable))
    if (differentiable) continue
    for (const name of step.inputs) {
      const left = uses.get(name)! - 1
      uses.set(name, left)
      if (left > 0 || given.has(name)) continue
      values.get(name)!.dispose()
      values.delete(name)
    }
  }
  return targets.map((name) => values.get(name)!)
}

function runStep(step: Step, values: ReadonlyMap<string, Tensor>, differentiable: boolean): Tensor {
  try {
    return step.kernel(
      step.inputs.map((name) => values.get(name)!),
      differentiable,
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    throw new VatunError('engine', `${step.label}: ${message}`, { cause: error })
  }
}

/** Walks back from the targets, not past what is given. `uses` counts how often a value is still needed. */
function plan(steps: readonly Step[], given: ReadonlyMap<string, Tensor>, targets: readonly string[]) {
  const uses = new Map<string, number>()
  const use = (name: string): void => void uses.set(name, (uses.get(name) ?? 0) + 1)
  targets.forEach(use)
  const needed: Step[] = []
  for (const step of steps.toReversed()) {
    if (!uses.has(step.output) || given.has(step.output)) continue
    needed.push(step)
    step.inputs.forEach(use)
  }
  return { needed: needed.toReversed(), uses }
}
