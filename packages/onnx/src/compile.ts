import { VatunError } from '@vatun/core'
import type { Program, Step } from '@vatun/core/layers'
import { type BuiltGraph, type BuiltNode, buildGraph, executeOutput } from './build-graph.js'
import { findFused } from './fuse-activations.js'
import type { ClassifierGraph, GraphNode } from './graph.js'
import { readableNames } from './layer-names.js'
import type { Output } from './ops/operator.js'
import { isOverClasses } from './ops/reduce.js'
import { CHANNELS_LAST, sameOrder } from './order.js'
import { rewrite } from './rewrite.js'
import { showShape } from './shape.js'
import { createWeightStore } from './weight-store.js'

/**
 * Turns a graph into kernels with weights on the device; a rectifier joins the convolution or dense layer before it.
 * The class scores are the first output that is `[n, classes]`.
 * @throws VatunError naming the node; nothing stays on the device then.
 */
export function compile(graph: ClassifierGraph): Program {
  const found: string[] = []
  for (const output of graph.outputs) {
    const program = compileOutput(graph, output)
    if (typeof program !== 'string') return program
    found.push(`"${output}" ${program}`)
  }
  throw new VatunError('unsupported', `openOnnx: the output is ${found.join(', ')}, expected [n, classes]`)
}

/** The program for one output, or its shape if that is not a row of class scores. */
function compileOutput(graph: ClassifierGraph, named: string): Program | string {
  const output = beforeIdentity(graph.nodes, named)
  const weights = createWeightStore()
  try {
    const nodes = rewrite(findNeeded(graph.nodes, output), graph.constants, output)
    const fused = findFused(nodes, graph.constants, output)
    const { name: value, height, width, channels, batch } = graph.input
    const built = buildGraph(
      {
        opset: graph.opset,
        nodes: nodes.filter((node) => !fused.absorbed.has(node)).map((node) => fused.renamed.get(node) ?? node),
        constants: graph.constants,
        inputs: new Map([[value, { shape: [-1, channels, height, width], order: CHANNELS_LAST }]]),
        outputs: [output],
        fileBatch: batch,
        activationOf: (node) => fused.activations.get(node) ?? 'linear',
      },
      weights,
    )
    const type = built.types.get(output)
    if (!type) throw new VatunError('bad-input', `openOnnx: output "${named}" does not depend on the image`)
    const isScores = type.shape.length === 2 && type.shape[0] === -1 && sameOrder(type.order, [0, 1])
    if (!isScores) {
      weights.dispose()
      return showShape(type.shape)
    }
    const last = built.nodes.find((node) => node.outputs.has(output))!
    const ending = endingOf(last.node, graph.opset)
    return {
      where: 'openOnnx',
      input: { value, height, width, channels },
      steps: toSteps(built, ending ? last : undefined),
      output: ending ? last.inputs[0]! : output,
      beforeSoftmax: ending === 'softmax',
      beforeSigmoid: ending === 'sigmoid',
      dispose: () => weights.dispose(),
    }
  } catch (error) {
    weights.dispose()
    throw error
  }
}

/** The value that an output is another name of. */
function beforeIdentity(nodes: readonly GraphNode[], output: string): string {
  const last = nodes.find(({ opType, outputs }) => opType === 'Identity' && outputs[0] === output)
  return last?.inputs[0] ? beforeIdentity(nodes, last.inputs[0]) : output
}

/** Whether the last node makes probabilities of class scores. */
function endingOf({ opType, attributes }: GraphNode, opset: number): 'softmax' | 'sigmoid' | undefined {
  if (opType === 'Sigmoid') return 'sigmoid'
  return opType === 'Softmax' && isOverClasses({ attributes, opset }, 2) ? 'softmax' : undefined
}

function toSteps({ nodes }: BuiltGraph, without: BuiltNode | undefined): Step[] {
  const layers = nodes.filter((node) => node.built.layer !== undefined && isLayerOutput(mainOutput(node)))
  const names = readableNames(layers.map(({ node }) => node))
  const nameOf = new Map(layers.map((node, i) => [node, names[i]!]))
  return nodes.flatMap((node) => {
    if (node === without) return []
    const { opType, name: own } = node.node
    const name = nameOf.get(node)
    return Array.from(
      node.outputs,
      ([output, result]): Step => ({
        label: `${opType} "${own}"`,
        kernel: (inputs, differentiable) => executeOutput(result, inputs, differentiable),
        inputs: node.inputs,
        output,
        ...(name !== undefined && { layer: { name, kind: node.built.layer! } }),
        continuesLayer: node.built.continues === true && isLayerOutput(result),
      }),
    )
  })
}

function mainOutput({ outputs }: BuiltNode): Output | undefined {
  const [first] = outputs.values()
  return first
}

/** A layer is seen from outside as `[n, units]` or `[n, channels, height, width]`, which lies channels-last. */
function isLayerOutput(output: Output | undefined): boolean {
  if (output?.shape[0] !== -1) return false
  return sameOrder(output.order, CHANNELS_LAST) || sameOrder(output.order, [0, 1])
}

/** The nodes that one output needs, in the same order. */
function findNeeded(nodes: readonly GraphNode[], output: string): GraphNode[] {
  const needed = new Set([output])
  return nodes
    .toReversed()
    .filter((node) => {
      if (!node.outputs.some((name) => name !== '' && needed.has(name))) return false
      for (const name of node.inputs) needed.add(name)
      return true
    })
    .toReversed()
}
