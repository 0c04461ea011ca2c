import type * as tf from '@tensorflow/tfjs-core'
import { type GraphAttributes, withAttributes } from './attributes.js'
import { type GraphNode, splitValue, type ValueName } from './graph-node.js'
import type { Graph } from './read-graph.js'

const CONVOLUTIONS: ReadonlySet<string> = new Set([
  'Conv2D',
  'DepthwiseConv2dNative',
  'FusedDepthwiseConv2dNative',
  '_FusedConv2D',
])

/**
 * Makes dilated convolutions of what TensorFlow writes for them: `SpaceToBatchND`, a convolution without padding and `BatchToSpaceND`. In between
 * the parts of one image count as images, so that nothing there could be tapped.
 * @param weights By the names of the nodes that hold them.
 */
export function mergeDilations(graph: Graph, weights: ReadonlyMap<string, tf.Tensor>): Graph {
  const byName = new Map(graph.nodes.map((node) => [node.name, node]))
  const uses = new Map<string, number>()
  for (const value of [graph.output, ...graph.nodes.flatMap(({ inputs }) => inputs)])
    uses.set(value, (uses.get(value) ?? 0) + 1)
  const onlyUser = (value: ValueName | undefined): GraphNode | undefined =>
    value !== undefined && uses.get(value) === 1 ? byName.get(value) : undefined
  const merged = new Map<GraphNode, GraphNode | undefined>()
  for (const end of graph.nodes) {
    if (end.op !== 'BatchToSpaceND') continue
    const convolution = onlyUser(end.inputs[0])
    if (!convolution || !CONVOLUTIONS.has(convolution.op)) continue
    const start = onlyUser(convolution.inputs[0])
    if (start?.op !== 'SpaceToBatchND') continue
    const attributes = dilate(convolution, start, end, weights)
    if (!attributes) continue
    const inputs = [start.inputs[0]!, ...convolution.inputs.slice(1)]
    merged.set(end, { name: end.name, op: convolution.op, attributes, inputs })
    merged.set(convolution, undefined)
    merged.set(start, undefined)
  }
  if (merged.size === 0) return graph
  // Each stands where its last part stood, after all that it needs.
  const nodes = graph.nodes.flatMap((node) => (merged.has(node) ? (merged.get(node) ?? []) : node))
  return { ...graph, nodes }
}

/** Attributes of the dilated convolution; undefined if it cannot be said as one. */
function dilate(
  { attributes }: GraphNode,
  start: GraphNode,
  end: GraphNode,
  weights: ReadonlyMap<string, tf.Tensor>,
): GraphAttributes | undefined {
  const numbers = (value: ValueName | undefined): number[] | undefined => {
    const weight = value === undefined ? undefined : weights.get(splitValue(value).node)
    return weight && weight.size <= 4 ? Array.from(weight.dataSync()) : undefined
  }
  const [block, paddings] = [numbers(start.inputs[1]), numbers(start.inputs[2])]
  const [blockAfter, crops] = [numbers(end.inputs[1]), numbers(end.inputs[2])]
  const plain = [...attributes.ints('strides', []), ...attributes.ints('dilations', [])].every((size) => size === 1)
  const valid = attributes.text('padding', 'VALID') === 'VALID'
  if (block?.length !== 2 || block.join() !== blockAfter?.join() || paddings?.length !== 4 || crops?.length !== 4)
    return undefined
  // What fills up the last block is cut away again.
  const pads = paddings.map((padding, i) => padding - crops[i]!)
  if (!plain || !valid || pads.some((pad) => pad < 0)) return undefined
  const ints = { dilations: [1, ...block, 1], explicit_paddings: [0, 0, ...pads, 0, 0] }
  return withAttributes(attributes, { ints, texts: { padding: 'EXPLICIT' } })
}
