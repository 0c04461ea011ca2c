import { type ModelSpec, VatunError } from '@vatun/core'
import { type Attributes, readAttributes } from './attributes.js'
import { type Constant, readConstant } from './constant.js'
import { type ExternalFiles, externalBytes } from './external-data.js'
import { checkMakesFloats, type ImageInput, readImageInput } from './image-input.js'
import type { GraphProto, ModelProto, NodeProto } from './proto.js'

/** A node of the file. */
export interface GraphNode {
  readonly name: string
  readonly opType: string
  readonly attributes: Attributes
  /** Value names; empty for an optional input left out. */
  readonly inputs: readonly string[]
  /** Value names; empty for an output that nothing uses. */
  readonly outputs: readonly string[]
}

/** The file's graph: checked for what holds it together, in order of execution. */
export interface Graph {
  /** Version of the operator set. */
  readonly opset: number
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, Constant>
  /** Declared outputs, or the one that was asked for. */
  readonly outputs: readonly string[]
}

/** A graph of one image input. */
export interface ClassifierGraph extends Graph {
  readonly input: ImageInput
}

/** What reading a graph may be told. */
export interface GraphOptions extends Pick<ModelSpec, 'input' | 'outputName'> {
  readonly files?: ExternalFiles
}

const OPSETS = { min: 7, max: 21 }

/** Nodes at most: the largest classifiers have some thousand. */
const MAX_NODES = 100_000

/**
 * Reads the graph of a classifier: one image input.
 * @throws VatunError naming the node or value and the reason.
 */
export function readGraph(model: ModelProto, options: GraphOptions = {}): ClassifierGraph {
  const graph = graphOf(model)
  const initializers = new Set(graph.initializer.map(({ name }) => name))
  const inputs = graph.input.filter(({ name }) => !initializers.has(name))
  checkOpset(readOpset(model))
  const input = readImageInput(inputs, options.input)
  const nodes = readNodes(model, [input.name], options)
  checkMakesFloats(nodes.nodes, input)
  return { ...nodes, input }
}

/**
 * Reads nodes and constants.
 * @param inputs Names of the values that are given when the graph runs.
 * @throws VatunError naming the node or value and the reason.
 */
export function readNodes(model: ModelProto, inputs: readonly string[], options: GraphOptions = {}): Graph {
  const graph = graphOf(model)
  const opset = readOpset(model) ?? OPSETS.max
  const constants = new Map(
    graph.initializer.map((proto) => {
      const where = `openOnnx: initializer "${proto.name ?? ''}"`
      return [proto.name ?? '', readConstant(proto, where, externalBytes(proto, options.files ?? new Map(), where))]
    }),
  )
  const outputs = findOutputs(graph, options.outputName)
  const nodes = sort(graph, outputs, new Set([...constants.keys(), ...inputs]))
  return {
    opset,
    constants,
    outputs,
    nodes: nodes.map((node) => ({
      name: node.name || node.output[0] || '',
      opType: isDefaultDomain(node.domain) ? (node.opType ?? '') : `${node.domain}.${node.opType}`,
      attributes: readAttributes(node.attribute, nodeAt(node), options.files),
      inputs: node.input,
      outputs: node.output,
    })),
  }
}

function graphOf({ graph }: ModelProto): GraphProto {
  if (!graph) throw new VatunError('bad-input', 'openOnnx: the file holds no graph, it is not an ONNX model or damaged')
  if (graph.node.length > MAX_NODES)
    throw new VatunError('unsupported', `openOnnx: ${graph.node.length} nodes, expected up to ${MAX_NODES}`)
  return graph
}

function readOpset(model: ModelProto): number | undefined {
  return model.opsetImport.find(({ domain }) => isDefaultDomain(domain))?.version
}

function checkOpset(opset: number | undefined): void {
  if (opset !== undefined && opset >= OPSETS.min && opset <= OPSETS.max) return
  throw new VatunError(
    'unsupported',
    `openOnnx: operator set ${opset ?? 'missing'}, expected ${OPSETS.min} to ${OPSETS.max}, export the model again`,
  )
}

function findOutputs(graph: GraphProto, asked: string | undefined): string[] {
  const declared = graph.output.map(({ name }) => name ?? '')
  if (declared.length === 0) throw new VatunError('bad-input', 'openOnnx: the graph has no output')
  if (asked === undefined) return declared
  if (declared.includes(asked)) return [asked]
  throw new VatunError('not-found', `openOnnx: no output "${asked}", expected one of ${declared.join(', ')}`)
}

/** The nodes that the outputs need, each after what it needs, otherwise in the order of the file. */
function sort(graph: GraphProto, outputs: readonly string[], given: ReadonlySet<string>): NodeProto[] {
  const producers = findProducers(graph, given)
  const needed = findNeeded(producers, outputs, given)
  const order: NodeProto[] = []
  const states = new Map<NodeProto, 'open' | 'done'>()
  for (const start of graph.node.filter((node) => needed.has(node))) {
    // Depth first without recursion, for graphs are deep.
    const stack = [start]
    for (let node = stack.at(-1); node; node = stack.at(-1)) {
      const state = states.get(node)
      if (state === undefined) states.set(node, 'open')
      const next = node.input
        .map((name) => producers.get(name))
        .find((producer) => producer && states.get(producer) !== 'done')
      if (state === 'done' || !next) {
        stack.pop()
        if (state !== 'done') order.push(node)
        states.set(node, 'done')
      } else if (states.get(next) === 'open') {
        const cycle = stack.slice(stack.indexOf(next)).map((n) => n.name || n.output[0])
        throw new VatunError(
          'bad-input',
          `${nodeAt(next)}: the graph has a cycle among ${cycle.slice(0, 20).join(', ')}`,
        )
      } else stack.push(next)
    }
  }
  return order
}

function findProducers(graph: GraphProto, given: ReadonlySet<string>): Map<string, NodeProto> {
  const producers = new Map<string, NodeProto>()
  for (const node of graph.node)
    for (const name of node.output) {
      if (name === '') continue
      if (producers.has(name) || given.has(name))
        throw new VatunError('bad-input', `${nodeAt(node)}: value "${name}" is defined twice, the file is damaged`)
      producers.set(name, node)
    }
  return producers
}

function findNeeded(
  producers: ReadonlyMap<string, NodeProto>,
  outputs: readonly string[],
  given: ReadonlySet<string>,
): Set<NodeProto> {
  const needed = new Set<NodeProto>()
  const queue = outputs.map((value) => ({ value, user: 'openOnnx: output' }))
  for (const { value, user } of queue) {
    if (given.has(value)) continue
    const node = producers.get(value)
    if (!node)
      throw new VatunError('bad-input', `${user}: nothing defines "${value}", an initializer or a node is missing`)
    if (needed.has(node)) continue
    needed.add(node)
    for (const name of node.input) if (name !== '') queue.push({ value: name, user: nodeAt(node) })
  }
  return needed
}

function isDefaultDomain(domain: string | undefined): boolean {
  return !domain || domain === 'ai.onnx'
}

function nodeAt(node: NodeProto): string {
  return `openOnnx: ${node.opType ?? 'node'} "${node.name || node.output[0] || ''}"`
}
