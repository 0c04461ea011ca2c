import { readAttributes } from './attributes.js'
import type { Constant } from './constant.js'
import { constantNumber, findUsers } from './fuse-activations.js'
import type { GraphNode } from './graph.js'

/** What a pattern replaces the last of its nodes by. */
interface Match {
  readonly opType: string
  readonly input: string
  readonly attributes?: Readonly<Partial<Record<'f' | 'i', readonly [name: string, value: number]>>>
}

/** Recognises a sub-graph by its last node. */
type Pattern = (node: GraphNode, graph: Lookup) => Match | undefined

/**
 * Replaces what exporters write for activation functions and normalisations by one node each, so that a layer stands for its output
 * after them, and less memory is needed.
 */
export function rewrite(
  nodes: readonly GraphNode[],
  constants: ReadonlyMap<string, Constant>,
  output: string,
): GraphNode[] {
  const lookup = new Lookup(nodes, constants)
  const replaced = new Map<GraphNode, GraphNode>()
  for (const node of nodes)
    for (const pattern of PATTERNS[node.opType] ?? []) {
      const match = pattern(node, lookup)
      if (!match) continue
      const protos = Object.entries(match.attributes ?? {}).map(([kind, [name, value]]) => ({
        ...EMPTY,
        name,
        [kind]: value,
      }))
      const attributes = readAttributes(protos, `openOnnx: ${match.opType} "${node.name}"`)
      replaced.set(node, { ...node, opType: match.opType, attributes, inputs: [match.input] })
      break
    }
  if (replaced.size === 0) return [...nodes]
  return dropUnused(
    nodes.map((node) => replaced.get(node) ?? node),
    output,
  )
}

const EMPTY = { f: undefined, i: undefined, s: undefined, t: undefined, floats: [], ints: [] }

function dropUnused(nodes: readonly GraphNode[], output: string): GraphNode[] {
  const used = new Set([output])
  const kept: GraphNode[] = []
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((name) => name !== '' && used.has(name))) continue
    kept.push(node)
    for (const name of node.inputs) used.add(name)
  }
  return kept.toReversed()
}

/** Walks from a node to those before it. */
class Lookup {
  readonly #producers: ReadonlyMap<string, GraphNode>
  readonly #users: ReadonlyMap<string, readonly GraphNode[]>
  readonly #nodes: readonly GraphNode[]
  readonly #constants: ReadonlyMap<string, Constant>

  constructor(nodes: readonly GraphNode[], constants: ReadonlyMap<string, Constant>) {
    this.#nodes = nodes
    this.#constants = constants
    this.#producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
    this.#users = findUsers(nodes)
  }

  /** The node of that operator that makes a value, if `users` nodes use it. */
  maker(name: string | undefined, opType: string, users = 1): GraphNode | undefined {
    const node = this.#producers.get(name ?? '')
    return node?.opType === opType && this.#users.get(name!)?.length === users ? node : undefined
  }

  /** The other operand of a node of two, if one is that number. */
  besides(node: GraphNode | undefined, number: number): string | undefined {
    return node?.inputs.find((_, i) => isClose(this.number(node.inputs[1 - i]), number))
  }

  /** Both ways to take the operands of a node of two. */
  ways(node: GraphNode | undefined): [string, string][] {
    const [a, b] = node?.inputs ?? []
    return a === undefined || b === undefined ? [] : [[a, b], [b, a]] // biome-ignore format: a pair of pairs
  }

  number(name: string | undefined): number | undefined {
    return name ? constantNumber(name, this.#nodes, this.#constants) : undefined
  }

  /** The only axis that a node reduces a value along and keeps with one entry; it may count from the end. */
  axis(node: GraphNode | undefined, input: string | undefined): number | undefined {
    if (!node || node.inputs[0] !== input || node.attributes.int('keepdims', 1) === 0) return undefined
    const axes = node.attributes.optionalInts('axes')
    return node.inputs[1] ? this.number(node.inputs[1]) : axes?.length === 1 ? axes[0] : undefined
  }
}

function isClose(found: number | undefined, expected: number): boolean {
  return found !== undefined && Math.abs(found - expected) <= 1e-6 * Math.max(Math.abs(expected), 1)
}

/** `x · g(x)` for a gate of one or two operators. */
const gated =
  (opType: string, gate: (name: string, graph: Lookup) => string | undefined): Pattern =>
  (node, graph) => {
    const way = graph.ways(node).find(([x, y]) => gate(y, graph) === x)
    return way && { opType, input: way[0] }
  }

const swish = gated('Swish', (name, graph) => graph.maker(name, 'Sigmoid')?.inputs[0])
const mish = gated('Mish', (name, graph) => graph.maker(graph.maker(name, 'Tanh')?.inputs[0], 'Softplus')?.inputs[0])
const hardSwish = gated('HardSwish', (name, graph) => {
  const gate = graph.maker(name, 'HardSigmoid')
  const fits =
    gate && isClose(gate.attributes.float('alpha', 0.2), 1 / 6) && isClose(gate.attributes.float('beta', 0.5), 0.5)
  return fits ? gate.inputs[0] : undefined
})

/** `x · clip(x + 3, 0, 6) / 6`. */
const hardSwishByClip: Pattern = (node, graph) => {
  if (!isClose(graph.number(node.inputs[1]), 6)) return undefined
  const product = graph.maker(node.inputs[0], 'Mul')
  for (const [x, gate] of graph.ways(product)) {
    const clip = graph.maker(gate, 'Clip')
    const limits =
      clip &&
      [1, 2].map((i) => graph.number(clip.inputs[i]) ?? clip.attributes.number(['', 'min', 'max'][i]!, Number.NaN))
    if (limits?.[0] !== 0 || limits[1] !== 6) continue
    if (graph.besides(graph.maker(clip?.inputs[0], 'Add'), 3) === x) return { opType: 'HardSwish', input: x }
  }
  return undefined
}

/** `x / 2 · (1 + erf(x / √2))`, with its factors in any order. */
const gelu: Pattern = (node, graph) => {
  const gateOf = (name: string): string | undefined => {
    const erf = graph.maker(graph.besides(graph.maker(name, 'Add'), 1), 'Erf')
    const inner = graph.maker(erf?.inputs[0], 'Div') ?? graph.maker(erf?.inputs[0], 'Mul')
    return graph.besides(inner, inner?.opType === 'Div' ? Math.SQRT2 : Math.SQRT1_2)
  }
  const product = graph.maker(graph.besides(node, 0.5), 'Mul')
  for (const [x, gate] of graph.ways(product)) if (gateOf(gate) === x) return { opType: 'Gelu', input: x }
  for (const [half, gate] of graph.ways(node)) {
    const x = graph.besides(graph.maker(half, 'Mul'), 0.5)
    if (x !== undefined && gateOf(gate) === x) return { opType: 'Gelu', input: x }
  }
  return undefined
}

/** `(x - mean) / √(mean((x - mean)²) + ε)` over the last axis; scale and bias follow as they are. */
const layerNormalization: Pattern = (node, graph) => {
  const [difference, deviation] = node.inputs
  const centred = graph.maker(difference, 'Sub', 2)
  const [x, mean] = centred?.inputs ?? []
  const sum = graph.maker(graph.maker(deviation, 'Sqrt')?.inputs[0], 'Add')
  if (x === undefined || !sum || graph.axis(graph.maker(mean, 'ReduceMean'), x) !== -1) return undefined
  for (const [variance, epsilon] of graph.ways(sum)) {
    const square = graph.maker(graph.maker(variance, 'ReduceMean')?.inputs[0], 'Pow')
    const value = graph.number(epsilon)
    const isVariance = square?.inputs[0] === difference && isClose(graph.number(square?.inputs[1]), 2)
    if (!isVariance || value === undefined) continue
    if (graph.axis(graph.maker(variance, 'ReduceMean'), square?.outputs[0]) === -1)
      return { opType: 'LayerNormalization', input: x, attributes: { f: ['epsilon', value] } }
  }
  return undefined
}

/** `exp(x) / sum(exp(x))` over one axis, where the maximum may be subtracted first. */
const softmax: Pattern = (node, graph) => {
  const [powers, sum] = node.inputs
  const exponential = graph.maker(powers, 'Exp', 2)
  const axis = graph.axis(graph.maker(sum, 'ReduceSum'), powers)
  if (!exponential || axis === undefined) return undefined
  const difference = graph.maker(exponential.inputs[0], 'Sub')
  const [x, max] = difference?.inputs ?? []
  const isShifted = graph.axis(graph.maker(max, 'ReduceMax'), x) === axis
  const input = isShifted ? x : exponential.inputs[0]
  return { opType: 'SoftmaxOfAxis', input: input!, attributes: { i: ['axis', axis] } }
}

/** `1 / (1 + exp(-x))`. */
const sigmoid: Pattern = ({ opType, inputs }, graph) => {
  if (opType === 'Div' && graph.number(inputs[0]) !== 1) return undefined
  const power = graph.maker(graph.besides(graph.maker(inputs.at(-1), 'Add'), 1), 'Exp')
  const input = graph.maker(power?.inputs[0], 'Neg')?.inputs[0]
  return input === undefined ? undefined : { opType: 'Sigmoid', input }
}

const PATTERNS: Readonly<Record<string, readonly Pattern[]>> = {
  Mul: [swish, mish, hardSwish, gelu],
  Div: [hardSwishByClip, layerNormalization, softmax, sigmoid],
  Reciprocal: [sigmoid],
}
