import type { Ending, Step } from '@vatun/core/layers'
import type { BuiltGraph } from './build-graph.js'
import type { GraphNode } from './graph.js'
import type { ValueType } from './operator-node.js'
import { softmaxAxes } from './ops/reduce.js'

/** Operators that put the entries of one value into another shape, order of axes or type. */
const ARRANGING: ReadonlySet<string> = new Set([
  'Cast',
  'Dropout',
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
  'Unsqueeze',
])

const FUNCTIONS: Readonly<Record<string, Ending>> = {
  Exp: 'exp',
  Log: 'log',
  LogSoftmax: 'log-softmax',
  Sigmoid: 'sigmoid',
  Softmax: 'softmax',
  SoftmaxOfAxis: 'softmax',
}

/** Tells for the steps of a graph what they do at its end; only to rows of class scores, for others are no classification. */
export function createEndings(
  { nodes, types }: BuiltGraph,
  file: { readonly opset: number; readonly fileBatch: number | undefined; readonly images: -1 | 1 },
): (step: Step) => Ending | undefined {
  const producers = new Map(nodes.flatMap((node) => Array.from(node.outputs.keys(), (name) => [name, node] as const)))
  return ({ output }) => {
    const { node, inputs } = producers.get(output)!
    const type = types.get(inputs[0] ?? '')
    if (!type || inputs.length > 1) return undefined
    if (ARRANGING.has(node.opType)) return 'arranging'
    const ending = FUNCTIONS[node.opType]
    if (!ending || !isRow(type, file.images)) return undefined
    return !ending.endsWith('softmax') || isOverClasses({ ...node, ...file }, type) ? ending : undefined
  }
}

/**
 * Whether a value has one row of entries for each image, one after the other, among axes of one entry in any place.
 * @param images -1 for any number of images, 1 for one at a time.
 */
export function isRow({ shape, order }: ValueType, images: -1 | 1): boolean {
  const axes = shape.flatMap((dim, axis) => (dim === 1 ? [] : [axis]))
  if (images === 1) return axes.length < 2
  const [first, second] = axes
  if (first === undefined || axes.length > 2 || shape[first]! > 0) return false
  return second === undefined || (shape[first] === -1 && order.indexOf(first) < order.indexOf(second))
}

/** Whether a softmax is over the classes of each image, all of them. */
function isOverClasses(node: Parameters<typeof softmaxAxes>[0], { shape }: ValueType): boolean {
  const axes = softmaxAxes(node, shape)
  return shape.every((dim, axis) => (axes.includes(axis) ? dim !== -1 : dim === 1 || dim === -1))
}

/** The value that another one is an arrangement of. */
export function beforeArranging(nodes: readonly GraphNode[], value: string): string {
  const producers = new Map(nodes.map((node) => [node.outputs[0], node]))
  let origin = value
  for (let node = producers.get(origin); node && ARRANGING.has(node.opType); node = producers.get(origin))
    origin = node.inputs[0] ?? ''
  return origin
}

/** Operators whose results are no class scores, whatever their shape. */
const OTHERS: ReadonlyMap<string | undefined, string> = new Map([
  ['ArgMax', 'holds numbers of classes (ArgMax)'],
  ['ArgMin', 'holds numbers of classes (ArgMin)'],
  ['TopK', 'holds the largest values only (TopK)'],
  [
    'ai.onnx.ml.ZipMap',
    'is a dictionary of classes (ZipMap), export it as a tensor (with skl2onnx: options={"zipmap": False})',
  ],
])

/** What an output is that is no class scores, known by the operator that makes it. */
export function findOther(nodes: readonly GraphNode[], output: string): string | undefined {
  const origin = beforeArranging(nodes, output)
  return OTHERS.get(nodes.find(({ outputs }) => outputs.includes(origin))?.opType)
}
