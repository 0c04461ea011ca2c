import { VatunError } from '@vatun/core'
import { beforeActivation, type Program, type Step } from '@vatun/core/layers'
import { type BuiltGraph, type BuiltNode, buildGraph, executeOutput } from './build-graph.js'
import { beforeArranging, createEndings, findOther, isRow } from './endings.js'
import { findFused } from './fuse-activations.js'
import type { ClassifierGraph, GraphNode } from './graph.js'
import { imageType } from './image-input.js'
import { readableNames } from './layer-names.js'
import type { Output } from './ops/operator.js'
import { CHANNELS_LAST, sameOrder } from './order.js'
import { rewrite } from './rewrite.js'
import { showShape } from './shape.js'
import { createWeightStore } from './weight-store.js'

/**
 * Turns a graph into kernels with weights on the device; a rectifier joins the convolution or dense layer before it.
 * The class scores are the only output that has a row of values for each image; several may be forms of the same scores.
 * @throws VatunError naming the node, or asking which output it is; nothing stays on the device then.
 */
export function compile(graph: ClassifierGraph): Program {
  const programs = new Map<string, Program>()
  const others: string[] = []
  const origin = (program: Program) => beforeArranging(graph.nodes, program.output)
  try {
    for (const output of graph.outputs) {
      const found = compileOutput(graph, output)
      if (typeof found === 'string') others.push(`output "${output}" ${found}`)
      else if ([...programs.values()].some((program) => origin(program) === origin(found))) found.dispose()
      else programs.set(output, found)
    }
    const [first] = programs.values()
    if (first && programs.size === 1) return first
    if (!first) throw new VatunError('unsupported', `openOnnx: ${others.join(', ')}, expected [n, classes]`)
    const names = [...programs.keys()].join(', ')
    throw new VatunError(
      'bad-input',
      `openOnnx: which output holds the class scores? Set "outputName" to one of ${names}`,
      { details: { outputs: [...programs.keys()] } },
    )
  } catch (error) {
    for (const program of programs.values()) program.dispose()
    throw error
  }
}

/** The program for one output, or what it is if that is not a row of class scores. */
function compileOutput(graph: ClassifierGraph, output: string): Program | string {
  const other = findOther(graph.nodes, output)
  if (other) return other
  const several = attempt(() => compileFor(graph, output, -1))
  // Some files for one image do without its axis where others need one.
  if (graph.input.batch === 1 && (several.error || typeof several.result === 'string')) {
    const { result } = attempt(() => compileFor(graph, output, 1))
    if (result && typeof result !== 'string') return result
  }
  if (several.error) throw several.error
  return several.result!
}

function attempt<T>(task: () => T): { readonly result?: T; readonly error?: unknown } {
  try {
    return { result: task() }
  } catch (error) {
    return { error }
  }
}

/** @param images -1 for any number of images, 1 for one at a time. */
function compileFor(graph: ClassifierGraph, output: string, images: -1 | 1): Program | string {
  const fileBatch = images === 1 ? undefined : graph.input.batch
  const weights = createWeightStore()
  try {
    const nodes = rewrite(findNeeded(graph.nodes, output), graph.constants, output)
    const fused = findFused(nodes, graph.constants, output)
    const { name: value, height, width, channels } = graph.input
    const built = buildGraph(
      {
        opset: graph.opset,
        nodes: nodes.filter((node) => !fused.absorbed.has(node)).map((node) => fused.renamed.get(node) ?? node),
        constants: graph.constants,
        inputs: new Map([[value, imageType(graph.input, images)]]),
        outputs: [output],
        fileBatch,
        activationOf: (node) => fused.activations.get(node) ?? 'linear',
      },
      weights,
    )
    const type = built.types.get(output)
    if (!type) throw new VatunError('bad-input', `openOnnx: output "${output}" does not depend on the image`)
    const steps = toSteps(built, images)
    const scores = beforeActivation(steps, output, createEndings(built, { opset: graph.opset, fileBatch, images }))
    if (scores.activation || isRow(type, images))
      return {
        where: 'openOnnx',
        input: { value, height, width, channels },
        steps,
        ...scores,
        isForOneImage: images === 1,
        dispose: () => weights.dispose(),
      }
    weights.dispose()
    return `is ${showShape(type.shape)}`
  } catch (error) {
    weights.dispose()
    const others = graph.outputs.filter((name) => name !== output)
    if (!(error instanceof VatunError) || others.length === 0) throw error
    const advice = `if "${output}" does not hold the class scores, set "outputName" to one of ${others.join(', ')}`
    throw new VatunError(error.code, `${error.message}; ${advice}`, { details: error.details, cause: error })
  }
}

function toSteps({ nodes }: BuiltGraph, images: -1 | 1): Step[] {
  const layers = nodes.filter((node) => node.built.layer !== undefined && isLayerOutput(mainOutput(node), images))
  const names = readableNames(layers.map(({ node }) => node))
  const nameOf = new Map(layers.map((node, i) => [node, names[i]!]))
  return nodes.flatMap((node) => {
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
        continuesLayer: node.built.continues === true && isLayerOutput(result, images),
      }),
    )
  })
}

function mainOutput({ outputs }: BuiltNode): Output | undefined {
  const [first] = outputs.values()
  return first
}

/** A layer is seen from outside as `[n, units]` or `[n, channels, height, width]`, which lies channels-last. */
function isLayerOutput(output: Output | undefined, images: -1 | 1): boolean {
  if (output?.shape[0] !== images) return false
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
