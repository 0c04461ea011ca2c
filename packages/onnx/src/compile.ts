import { VatunError } from '@vatun/core'
import type { Kernel, Program, Step } from '@vatun/core/layers'
import type { Graph, GraphNode } from './graph.js'
import { readableNames } from './layer-names.js'
import { OPERATORS } from './ops/index.js'
import { at, type Operator, type OperatorNode } from './ops/operator.js'
import { createWeightStore, type WeightStore } from './weight-store.js'

/**
 * Turns a graph into kernels with weights on the device; a rectifier joins the convolution or dense layer before it.
 * @throws VatunError naming the node; nothing stays on the device then.
 */
export function compile(graph: Graph): Program {
  const weights = createWeightStore()
  try {
    const names = nameLayers(graph)
    const fused = new Map(findFusable(graph))
    const absorbed = new Set(fused.values())
    const steps = graph.nodes
      .filter((node) => !absorbed.has(node))
      .map((node): Step => {
        const operator = OPERATORS[node.opType]!
        const relu = fused.get(node)
        const described = describe(graph, node, relu !== undefined)
        const name = names.get(node)
        return {
          label: `${node.opType} "${node.name}"`,
          kernel: build(operator, described, weights),
          inputs: node.inputs.filter((input) => input !== '' && !graph.constants.has(input)),
          output: (relu ?? node).output,
          ...(name !== undefined && { layer: { name, kind: operator.layer! } }),
          continuesLayer: operator.continues?.(described) ?? false,
        }
      })
    const { name: value, height, width, channels } = graph.input
    return {
      where: 'openOnnx',
      input: { value, height, width, channels },
      steps,
      output: graph.output,
      beforeSoftmax: graph.endsInSoftmax,
      dispose: () => weights.dispose(),
    }
  } catch (error) {
    weights.dispose()
    throw error
  }
}

function build(operator: Operator, node: OperatorNode, weights: WeightStore): Kernel {
  try {
    return operator.build(node, weights)
  } catch (error) {
    if (error instanceof VatunError) throw error
    const message = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `${at(node)}: ${message}`, { cause: error })
  }
}

function describe(graph: Graph, node: GraphNode, relu = false): OperatorNode {
  const { name, opType, attributes } = node
  const inputs = node.inputs.map((input) => (input === '' ? undefined : (graph.constants.get(input) ?? 'value')))
  return { name, opType, attributes, inputs, relu }
}

function nameLayers(graph: Graph): Map<GraphNode, string> {
  const nodes = graph.nodes.filter((node) => {
    const { layer, continues } = OPERATORS[node.opType]!
    return layer !== undefined && !continues?.(describe(graph, node))
  })
  const names = readableNames(nodes)
  return new Map(nodes.map((node, i) => [node, names[i]!]))
}

/** Pairs of a node and the rectifier that can be executed with it, because it alone uses the node's output. */
function* findFusable(graph: Graph): Generator<[GraphNode, GraphNode]> {
  const users = new Map<string, GraphNode[]>()
  for (const node of graph.nodes)
    for (const name of new Set(node.inputs)) users.set(name, [...(users.get(name) ?? []), node])
  for (const node of graph.nodes) {
    const [next, ...others] = users.get(node.output) ?? []
    const alone = next && others.length === 0 && node.output !== graph.output
    if (alone && next.opType === 'Relu' && OPERATORS[node.opType]!.fusesRelu) yield [node, next]
  }
}
