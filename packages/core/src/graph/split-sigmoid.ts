import type { GraphNode } from './graph-node.js'
import type { Graph } from './read-graph.js'

/**
 * Takes a sigmoid that was merged into a convolution or a product of matrices out again: no backend executes them as one, and at the end of a model
 * the values before it are the logits.
 */
export function splitSigmoid(graph: Graph): Graph {
  return { ...graph, nodes: graph.nodes.flatMap(split) }
}

function split(node: GraphNode): GraphNode[] {
  const { name, attributes } = node
  const fused = attributes.texts('fused_ops', [])
  if (fused.at(-1) !== 'Sigmoid') return [node]
  const linear = `${name}/before_sigmoid`
  const rest: GraphNode['attributes'] = {
    ...attributes,
    texts: (key, fallback) => (key === 'fused_ops' ? fused.slice(0, -1) : attributes.texts(key, fallback)),
  }
  return [
    { ...node, name: linear, attributes: rest },
    { name, op: 'Sigmoid', attributes, inputs: [linear] },
  ]
}
