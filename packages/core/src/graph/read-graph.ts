import type * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../errors.js'
import type { ModelSpec } from '../model-spec.js'
import { isObject } from '../tfjs-artifacts.js'
import { parseShape, readAttributes } from './attributes.js'
import { at, type GraphNode, splitValue, type ValueName } from './graph-node.js'
import { findChannelAxis } from './image-layout.js'
import { settingOf } from './settings.js'

/** What leads from the image to the scores, checked, in order of execution. */
export interface Graph {
  readonly input: {
    readonly value: ValueName
    readonly height: number
    readonly width: number
    readonly channels: number
    /** The graph takes `[n, channels, height, width]`. */
    readonly isChannelsFirst: boolean
    /** 3 for `[n, height, width]`, otherwise 4. */
    readonly rank: number
    /** Images that the graph was exported for, if it fixes that. */
    readonly batch: number | undefined
  }
  readonly output: ValueName
  readonly nodes: readonly GraphNode[]
}

/** More nodes than any classifier has: a damaged file. */
const MAX_NODES = 50_000

/** Types of an image: whole numbers become floats, so that gradients exist. */
const IMAGE_TYPES: ReadonlySet<string> = new Set(['DT_FLOAT', 'DT_UINT8', 'DT_INT32'])

/** Larger images than any classifier takes. */
const MAX_SIZE = 4096

const where = 'openGraphModel'

/**
 * Reads a `GraphDef` in JSON.
 * @param signature Names of inputs and outputs, if the file has them.
 * @param weights By the names of the nodes that hold them.
 * @throws VatunError naming the node and the reason.
 */
export function readGraph(
  topology: Readonly<Record<string, unknown>>,
  signature: unknown,
  options: Pick<ModelSpec, 'input' | 'outputName'>,
  weights: ReadonlyMap<string, tf.Tensor>,
): Graph {
  const byName = readNodes(topology.node)
  const output = findOutput(byName, signature, options.outputName)
  const nodes = sort(byName, output)
  const placeholders = nodes.filter((node) => node.op === 'Placeholder' && settingOf(node) === undefined)
  const [placeholder] = placeholders
  if (!placeholder) throw new VatunError('bad-input', `${where}: output "${output}" does not depend on an image`)
  if (placeholders.length > 1) {
    const names = placeholders.map((node) => `"${node.name}" ${showShape(shapeOf(node, signature))}`).join(' and ')
    throw new VatunError(
      'unsupported',
      `${where}: the model takes ${names}, expected one image: export it with the others fixed, or set "outputName" to a node that needs the image only`,
    )
  }
  const input = {
    value: placeholder.name,
    ...readInput(placeholder, signature, options.input, findChannelAxis(nodes, placeholder.name, weights)),
  }
  return { input, output, nodes: nodes.filter((node) => node !== placeholder) }
}

function readNodes(list: unknown): Map<string, GraphNode> {
  if (!Array.isArray(list)) throw new VatunError('bad-input', `${where}: the topology has no list of nodes`)
  if (list.length > MAX_NODES)
    throw new VatunError('bad-input', `${where}: the graph has ${list.length} nodes, expected at most ${MAX_NODES}`)
  const nodes = new Map<string, GraphNode>()
  for (const [i, json] of list.entries()) {
    const { name, op, input = [], attr } = isObject(json) ? json : {}
    if (typeof name !== 'string' || typeof op !== 'string' || !Array.isArray(input) || !input.every(isText))
      throw new VatunError('bad-input', `${where}: node ${i + 1} has no name, operation or inputs, the file is damaged`)
    if (nodes.has(name)) throw new VatunError('bad-input', `${at({ op, name })}: the name is used twice`)
    // `^name` only asks for an order of execution.
    const inputs = input.filter((value) => !value.startsWith('^')).map((value) => value.replace(/:0$/, ''))
    nodes.set(name, { name, op, attributes: readAttributes(attr, at({ op, name })), inputs })
  }
  return nodes
}

const isText = (value: unknown): value is string => typeof value === 'string'

function findOutput(nodes: ReadonlyMap<string, GraphNode>, signature: unknown, wanted: string | undefined): ValueName {
  const declared = readSignature(signature, 'outputs').map(({ key, node }) => ({ key, value: node.replace(/:0$/, '') }))
  if (wanted !== undefined) {
    const value = declared.find(({ key }) => key === wanted)?.value ?? wanted.replace(/:0$/, '')
    if (nodes.has(splitValue(value).node)) return value
    const names = declared.map(({ key }) => key)
    throw new VatunError('not-found', `${where}: no output or node "${wanted}", the outputs are ${names.join(', ')}`)
  }
  const used = new Set(
    Array.from(nodes.values()).flatMap(({ inputs }) => inputs.map((value) => splitValue(value).node)),
  )
  const ends = Array.from(nodes.values()).filter(({ name, op }) => !used.has(name) && op !== 'Const' && op !== 'NoOp')
  const found = declared.length > 0 ? declared : ends.map(({ name }) => ({ key: name, value: name }))
  const [first, ...others] = found
  if (!first) throw new VatunError('bad-input', `${where}: the graph has no output`)
  if (others.length > 0)
    throw new VatunError(
      'bad-input',
      `${where}: which output holds the class scores? Set "outputName" to one of ${found.map(({ key }) => key).join(', ')}`,
    )
  if (!nodes.has(splitValue(first.value).node))
    throw new VatunError('bad-input', `${where}: nothing computes the output "${first.value}"`)
  return first.value
}

function readSignature(signature: unknown, side: 'inputs' | 'outputs') {
  const entries = isObject(signature) && isObject(signature[side]) ? Object.entries(signature[side]) : []
  return entries.flatMap(([key, info]) =>
    isObject(info) && typeof info.name === 'string' ? [{ key, node: info.name, shape: info.tensorShape }] : [],
  )
}

/** The nodes that the output needs, each after what it needs. */
function sort(nodes: ReadonlyMap<string, GraphNode>, output: ValueName): GraphNode[] {
  const order: GraphNode[] = []
  const state = new Map<GraphNode, 'open' | 'done'>()
  const stack = [nodes.get(splitValue(output).node)!]
  for (let node = stack.at(-1); node; node = stack.at(-1)) {
    if (state.get(node) === 'done') {
      stack.pop()
      continue
    }
    const inputs = node.inputs.map((value) => {
      const input = nodes.get(splitValue(value).node)
      if (input) return input
      throw new VatunError('bad-input', `${at(node!)}: nothing computes its input "${value}"`)
    })
    const waiting = inputs.filter((input) => state.get(input) !== 'done')
    if (waiting.length === 0) {
      order.push(node)
      state.set(node, 'done')
      stack.pop()
      continue
    }
    state.set(node, 'open')
    const again = waiting.find((input) => state.get(input) === 'open')
    if (again) {
      const open = stack.filter((n) => state.get(n) === 'open')
      const parts = open.slice(open.indexOf(again))
      const cycle = parts.map(({ name }) => name)
      const loop = parts.find(({ op }) => op === 'NextIteration')
      if (loop)
        throw new VatunError(
          'unsupported',
          `${at(loop)}: loops are not supported, choose an output before it as "outputName"`,
        )
      throw new VatunError('bad-input', `${at(node)}: the graph has a cycle through ${cycle.slice(0, 20).join(', ')}`)
    }
    stack.push(...waiting.toReversed())
  }
  return order
}

function readInput(
  node: GraphNode,
  signature: unknown,
  given: ModelSpec['input'],
  channelAxis: number | undefined,
): Omit<Graph['input'], 'value'> {
  const type = node.attributes.type('dtype', 'DT_FLOAT')
  if (!IMAGE_TYPES.has(type))
    throw new VatunError('unsupported', `${at(node)}: the image is ${type}, expected ${[...IMAGE_TYPES].join(', ')}`)
  const shape = shapeOf(node, signature)
  const [batch, ...sizes] = shape
  // Grey images may come without an axis of channels.
  if (shape.length === 3) sizes.push(1)
  const isAlone = shape.length === 3 && batch! > 1
  const dims = isAlone ? `[${shape.join(', ')}]` : showShape(shape)
  if (sizes.length !== 3 || isAlone)
    throw new VatunError(
      'unsupported',
      `${at(node)}: the input is ${dims}, expected [n, height, width, channels], [n, channels, height, width] or [n, height, width]`,
    )
  const looksFirst = shape.length === 4 && sizes[0]! > 0 && sizes[0]! <= 4 && sizes[2]! > 4
  const axis = shape.length === 3 ? 3 : (channelAxis ?? (looksFirst ? 1 : 3))
  if (axis !== 1 && axis !== 3)
    throw new VatunError(
      'unsupported',
      `${at(node)}: axis ${axis} of the input ${dims} becomes the channels, expected axis 1 or 3`,
    )
  const isChannelsFirst = axis === 1
  if (isChannelsFirst) sizes.push(sizes.shift()!)
  const wanted = given && [given.height, given.width, given.channels]
  if (wanted?.some((size, i) => sizes[i]! >= 0 && sizes[i] !== size))
    throw new VatunError(
      'bad-input',
      `${at(node)}: the input is ${dims}, which the given ${wanted.join(' × ')} does not fit`,
    )
  const [height, width, channels] = (wanted ?? sizes) as [number, number, number]
  if ([height, width, channels].some((size) => size < 0))
    throw new VatunError(
      'bad-input',
      `${at(node)}: the model leaves its input size open, ${dims}: which height, width and channels? Set "input"`,
    )
  if (![height, width, channels].every((size) => Number.isInteger(size) && size >= 1 && size <= MAX_SIZE))
    throw new VatunError('bad-input', `${at(node)}: the input is ${dims}, expected sizes from 1 to ${MAX_SIZE}`)
  return { height, width, channels, isChannelsFirst, rank: shape.length, batch: batch! > 0 ? batch : undefined }
}

function shapeOf(node: GraphNode, signature: unknown): number[] {
  const info = readSignature(signature, 'inputs').find(({ node: name }) => splitValue(name).node === node.name)
  return node.attributes.shape('shape') ?? parseShape(info?.shape) ?? [-1, -1, -1, -1]
}

function showShape(shape: readonly number[]): string {
  return `[${['n', ...shape.slice(1).map((size) => (size < 0 ? '?' : size))].join(', ')}]`
}
