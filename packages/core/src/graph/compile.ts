import * as tf from '@tensorflow/tfjs-core'
import type { LayerInfo } from '../classifier.js'
import { VatunError } from '../errors.js'
import { beforeActivation, type Ending } from '../final-activation.js'
import { withoutChannels } from '../grey-input.js'
import type { Program, Step } from '../tfjs-program.js'
import { createBranches } from './dead-branches.js'
import { at, type GraphNode, splitValue, type ValueName } from './graph-node.js'
import { readableNames } from './layer-names.js'
import { Layouts, type PlannedNode } from './layouts.js'
import { mergeDilations } from './merge-dilations.js'
import { OPERATORS } from './ops/index.js'
import type { GraphKernel, GraphOperator, OperatorNode } from './ops/operator.js'
import type { Graph } from './read-graph.js'
import { splitSigmoid } from './split-sigmoid.js'

/**
 * Turns a graph into kernels; what depends on constants only is computed once.
 * @param weights By the names of the nodes that hold them. The program owns them from then on, also when this throws.
 * @throws VatunError naming the node; operations that are not supported all in one.
 */
export function compileGraph(read: Graph, weights: ReadonlyMap<string, tf.Tensor>): Program {
  const owned = new Set(weights.values())
  const dispose = (): void => tf.dispose([...owned])
  try {
    checkSupported(read)
    const graph = splitSigmoid(mergeDilations(read, weights))
    const branches = createBranches()
    const constants = new Map<ValueName, tf.Tensor>()
    const layouts = new Layouts(constants, (constant) => void owned.add(constant))
    if (graph.input.isChannelsFirst) layouts.lieChannelsLast(graph.input.value)
    const computed: { readonly node: OperatorNode; readonly value: ValueName; readonly kernel: GraphKernel }[] = []
    const add = ({ node, value }: PlannedNode): void => {
      const described = describe(graph, node, value, constants)
      const kernel = build(described)
      if (described.constants.every((constant) => constant !== undefined)) {
        const result = fold(described, kernel)
        owned.add(result)
        constants.set(value, result)
      } else computed.push({ node: described, value, kernel })
    }
    const values = usedValues(graph)
    for (const node of graph.nodes) {
      if (node.op === 'Const') {
        constants.set(node.name, findWeight(node, weights))
        continue
      }
      for (const value of values.get(node.name) ?? []) {
        const live = branches.follow(node, value, constants)
        if (!live) continue
        for (const planned of layouts.plan(live, value)) add(planned)
      }
    }
    const scores = layouts.inFileOrder(graph.output)
    scores.planned.forEach(add)
    const byName = new Set(graph.nodes.map(({ name }) => name))
    const names = nameLayers(computed.filter(({ value }) => !layouts.isUnsure(value)).map(({ node }) => node))
    const steps = computed.map(({ node, value, kernel }): Step => {
      const { continues = false } = OPERATORS[node.op]!
      const layer = names.get(node)
      return {
        label: `${node.op} "${node.name}"`,
        kernel: withConstants(node, kernel),
        inputs: node.inputs.filter((_, i) => !node.constants[i]),
        output: value,
        ...(layer && { layer }),
        continuesLayer: continues && !layer && node.constants.filter((constant) => !constant).length === 1,
      }
    })
    const operations = new Map(computed.map(({ value, node }) => [value, node.op]))
    const { height, width, channels } = graph.input
    const { value, first } = imageValue(graph.input)
    return {
      where: 'openGraphModel',
      input: { value, height, width, channels },
      steps: [...first, ...steps],
      nodes: new Map(steps.flatMap(({ output }) => (byName.has(splitValue(output).node) ? [[output, output]] : []))),
      ...beforeActivation(steps, scores.value, ({ output }) => ENDINGS[operations.get(output)!]),
      isForOneImage: graph.input.batch === 1,
      dispose,
    }
  } catch (error) {
    dispose()
    throw error
  }
}

/** The value that holds the image, and what has to happen first. */
function imageValue({ value, rank }: Graph['input']): { readonly value: string; readonly first: readonly Step[] } {
  if (rank === 4) return { value, first: [] }
  const image = `${value}, image`
  return { value: image, first: [withoutChannels(image, value)] }
}

function checkSupported({ nodes }: Graph): void {
  const unsupported = new Map<string, string[]>()
  for (const { op, name } of nodes)
    if (op !== 'Const' && !Object.hasOwn(OPERATORS, op)) unsupported.set(op, [...(unsupported.get(op) ?? []), name])
  if (unsupported.size === 0) return
  const list = Array.from(unsupported, ([op, names]) => `${op} (${names.join(', ')})`)
  throw new VatunError('unsupported', `openGraphModel: operations that are not supported: ${list.join('; ')}`, {
    details: { operations: Object.fromEntries(unsupported) },
  })
}

/** For each node those of its outputs that are used. */
function usedValues({ nodes, output }: Graph): Map<string, Set<ValueName>> {
  const used = new Map<string, Set<ValueName>>()
  for (const value of [output, ...nodes.flatMap(({ inputs }) => inputs)]) {
    const { node } = splitValue(value)
    used.set(node, (used.get(node) ?? new Set()).add(value))
  }
  return used
}

function findWeight(node: GraphNode, weights: ReadonlyMap<string, tf.Tensor>): tf.Tensor {
  const weight = weights.get(node.name)
  if (weight) return weight
  throw new VatunError('bad-input', `${at(node)}: the weights manifest has no weight of that name`)
}

function describe(
  { input }: Graph,
  node: GraphNode,
  value: ValueName,
  constants: ReadonlyMap<ValueName, tf.Tensor>,
): OperatorNode {
  const { index } = splitValue(value)
  return { ...node, index, batch: input.batch, constants: node.inputs.map((name) => constants.get(name)) }
}

function operatorOf(node: GraphNode): GraphOperator {
  const operator = OPERATORS[node.op]!
  if (node.inputs.length >= operator.inputs) return operator
  throw new VatunError('bad-input', `${at(node)}: ${node.inputs.length} inputs, expected at least ${operator.inputs}`)
}

function build(node: OperatorNode): GraphKernel {
  return inNode(node, () => operatorOf(node).build(node))
}

function fold(node: OperatorNode, kernel: GraphKernel): tf.Tensor {
  return inNode(node, () => tf.tidy(() => tf.keep(kernel(node.constants as tf.Tensor[], false))))
}

function inNode<T>(node: OperatorNode, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    if (error instanceof VatunError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `${at(node)}: ${reason}`, { cause: error })
  }
}

function withConstants(node: OperatorNode, kernel: GraphKernel): Step['kernel'] {
  return (values, differentiable) => {
    let next = 0
    const inputs = node.constants.map((constant) => constant ?? values[next++]!)
    return tf.tidy(() => kernel(inputs, differentiable))
  }
}

function nameLayers(nodes: readonly OperatorNode[]): Map<OperatorNode, Pick<LayerInfo, 'name' | 'kind'>> {
  const layers = nodes.flatMap((node) => {
    const { layer, weights } = OPERATORS[node.op]!
    const kind = layer?.(node)
    const constant = weights !== undefined && node.constants[weights] ? { weights } : {}
    return kind ? [{ node, kind, ...constant }] : []
  })
  const names = readableNames(layers)
  return new Map(layers.map(({ node, kind }, i) => [node, { name: names[i]!, kind }]))
}

/** What operations at the end of a graph do. */
const ENDINGS: Readonly<Record<string, Ending>> = {
  Cast: 'arranging',
  Exp: 'exp',
  ExpandDims: 'arranging',
  Identity: 'arranging',
  Log: 'log',
  LogSoftmax: 'log-softmax',
  Reshape: 'arranging',
  Sigmoid: 'sigmoid',
  Softmax: 'softmax',
  Squeeze: 'arranging',
  Transpose: 'arranging',
}
