import { VatunError } from '@vatun/core'
import { type Attributes, readAttributes } from './attributes.js'
import { type Constant, readConstant } from './constant.js'
import { FOLDS } from './fold-constants.js'
import { OPERATORS } from './ops/index.js'
import type { GraphProto, ModelProto, NodeProto, ValueInfoProto } from './proto.js'

/** A node that is executed for every image. */
export interface GraphNode {
  readonly name: string
  readonly opType: string
  readonly attributes: Attributes
  /** Value names; empty for an optional input left out. */
  readonly inputs: readonly string[]
  readonly output: string
}

/** What is left of the file's graph for inference: checked, in order of execution, constants folded. */
export interface Graph {
  readonly input: { readonly name: string; readonly height: number; readonly width: number; readonly channels: number }
  /** The value before a final softmax, if there is one. */
  readonly output: string
  readonly endsInSoftmax: boolean
  readonly nodes: readonly GraphNode[]
  readonly constants: ReadonlyMap<string, Constant>
}

/** Larger images than any classifier takes: a damaged file rather than a model. */
const MAX_SIZE = 1024

const MIN_OPSET = 7

/**
 * Checks a model and reduces it to what leads from the image to the first output.
 * @throws VatunError naming the node or value and the reason; unsupported operators all in one.
 */
export function readGraph(model: ModelProto): Graph {
  const { graph } = model
  if (!graph) throw new VatunError('bad-input', 'openOnnx: the file holds no graph, it is not an ONNX model or damaged')
  const opset = model.opsetImport.find(({ domain }) => isDefaultDomain(domain))?.version
  if (opset === undefined || opset < MIN_OPSET)
    throw new VatunError(
      'unsupported',
      `openOnnx: operator set ${opset ?? 'missing'}, expected ${MIN_OPSET} or later, export the model again`,
    )
  const constants = new Map(
    graph.initializer.map((proto) => [
      proto.name ?? '',
      readConstant(proto, `openOnnx: initializer "${proto.name ?? ''}"`),
    ]),
  )
  const input = readInput(graph, constants)
  const declared = graph.output[0]?.name
  if (declared === undefined) throw new VatunError('bad-input', 'openOnnx: the graph has no output')
  const reachable = sort(graph, declared, new Set([...constants.keys(), input.name]))
  const nodes = fold(reachable, constants)
  checkSupported(nodes, declared)
  const last = nodes.find((node) => node.output === declared)
  if (!last) throw new VatunError('bad-input', `openOnnx: output "${declared}" does not depend on the image`)
  if (last.opType !== 'Softmax') return { input, output: declared, endsInSoftmax: false, nodes, constants }
  return {
    input,
    output: last.inputs[0] ?? '',
    endsInSoftmax: true,
    nodes: nodes.filter((node) => node !== last),
    constants,
  }
}

function readInput(graph: GraphProto, constants: ReadonlyMap<string, Constant>): Graph['input'] {
  const inputs = graph.input.filter(({ name }) => !constants.has(name ?? ''))
  const [info] = inputs
  if (!info || inputs.length > 1)
    throw new VatunError(
      'unsupported',
      `openOnnx: ${inputs.length} inputs, expected one image input (found ${inputs.map((i) => i.name).join(', ')})`,
    )
  return { name: info.name ?? '', ...readImageSize(info) }
}

function readImageSize(info: ValueInfoProto): Omit<Graph['input'], 'name'> {
  const where = `openOnnx: input "${info.name}"`
  const type = info.type?.tensorType
  if (type?.elemType !== 1)
    throw new VatunError('unsupported', `${where}: element type ${type?.elemType}, expected 1 (float32)`)
  const dims = type.shape?.dim.map(({ value, param }) => value ?? param ?? '?') ?? []
  const [, channels, height, width] = dims
  const isSize = (d: number | string | undefined): d is number => typeof d === 'number' && d >= 1 && d <= MAX_SIZE
  if (dims.length === 4 && isSize(channels) && isSize(height) && isSize(width)) {
    if (channels <= 4 || width > 4) return { channels, height, width }
    throw new VatunError(
      'unsupported',
      `${where}: [${dims.join(', ')}] looks channels-last, expected [n, channels, height, width]`,
    )
  }
  throw new VatunError(
    'unsupported',
    `${where}: [${dims.join(', ')}], expected [n, channels, height, width] with fixed sizes up to ${MAX_SIZE}`,
  )
}

/** The nodes that the output needs, each after what it needs, otherwise in the order of the file. */
function sort(graph: GraphProto, output: string, given: ReadonlySet<string>): NodeProto[] {
  const needed = findNeeded(graph, output, given)
  const defined = new Set(given)
  const order: NodeProto[] = []
  let waiting = graph.node.filter((node) => needed.has(node))
  while (waiting.length > 0) {
    const blocked: NodeProto[] = []
    for (const node of waiting) {
      if (node.input.every((name) => name === '' || defined.has(name))) {
        order.push(node)
        for (const name of node.output) defined.add(name)
      } else blocked.push(node)
    }
    if (blocked.length === waiting.length) {
      const names = blocked.map((node) => node.name || node.output[0])
      throw new VatunError('bad-input', `${nodeAt(blocked[0]!)}: the graph has a cycle among ${names.join(', ')}`)
    }
    waiting = blocked
  }
  return order
}

function findNeeded(graph: GraphProto, output: string, given: ReadonlySet<string>): Set<NodeProto> {
  const producers = new Map<string, NodeProto>()
  for (const node of graph.node)
    for (const name of node.output) {
      if (name === '') continue
      if (producers.has(name) || given.has(name))
        throw new VatunError('bad-input', `${nodeAt(node)}: value "${name}" is defined twice, the file is damaged`)
      producers.set(name, node)
    }
  const needed = new Set<NodeProto>()
  const queue = [{ value: output, user: 'openOnnx: output' }]
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

/** Evaluates nodes whose inputs are all constant, adding to `constants`, and returns the others. */
function fold(nodes: readonly NodeProto[], constants: Map<string, Constant>): GraphNode[] {
  const rest: GraphNode[] = []
  for (const node of nodes) {
    const where = nodeAt(node)
    const { opType = '', input, output } = node
    const attributes = readAttributes(node.attribute, where)
    const operands = input.map((name) => constants.get(name))
    const folds = isDefaultDomain(node.domain) && Object.hasOwn(FOLDS, opType) ? FOLDS[opType] : undefined
    if (folds && operands.every((operand) => operand !== undefined))
      constants.set(output[0] ?? '', folds(operands, attributes, where))
    else
      rest.push({
        name: node.name || output[0] || '',
        opType: isDefaultDomain(node.domain) ? opType : `${node.domain}.${opType}`,
        attributes,
        inputs: input,
        output: output[0] ?? '',
      })
  }
  return rest
}

function checkSupported(nodes: readonly GraphNode[], output: string): void {
  const unsupported = nodes.filter(
    ({ opType, output: own }) => !Object.hasOwn(OPERATORS, opType) && !(opType === 'Softmax' && own === output),
  )
  if (unsupported.length === 0) return
  const byOperator = groupByOperator(unsupported)
  const list = Array.from(byOperator, ([opType, users]) => `${opType} (${users.map((u) => u.name).join(', ')})`)
  throw new VatunError('unsupported', `openOnnx: operators that are not supported: ${list.join('; ')}`, {
    details: { operators: Object.fromEntries(Array.from(byOperator, ([op, users]) => [op, users.map((u) => u.name)])) },
  })
}

function groupByOperator(nodes: readonly GraphNode[]): Map<string, GraphNode[]> {
  const groups = new Map<string, GraphNode[]>()
  for (const node of nodes) groups.set(node.opType, [...(groups.get(node.opType) ?? []), node])
  return groups
}

function isDefaultDomain(domain: string | undefined): boolean {
  return !domain || domain === 'ai.onnx'
}

function nodeAt(node: NodeProto): string {
  return `openOnnx: ${node.opType ?? 'node'} "${node.name || node.output[0] || ''}"`
}
