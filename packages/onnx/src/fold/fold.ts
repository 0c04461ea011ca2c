import type { Constant, DataType } from '../constant.js'
import { MAX_CONSTANT } from '../constant.js'
import type { OperatorNode } from '../operator-node.js'

/**
 * Computes the outputs of a node on the host at load. Undefined where an operand that it needs is computed from the image: then the
 * node is executed.
 */
export type Fold = (node: OperatorNode) => Constant | readonly Constant[] | undefined

const FLOATS: readonly DataType[] = ['float32', 'float16']

/** An array that holds values of that element type. */
export function allocate(dataType: DataType, size: number): Float32Array | Float64Array {
  return FLOATS.includes(dataType) ? new Float32Array(size) : new Float64Array(size)
}

export function isInteger(dataType: DataType): boolean {
  return dataType !== 'float64' && !FLOATS.includes(dataType)
}

/** Elements of a result, checked before it is allocated. */
export function sizeOf(node: OperatorNode, dims: readonly number[]): number {
  const size = dims.reduce((a, b) => a * b, 1)
  if (dims.every((dim) => Number.isSafeInteger(dim) && dim >= 0) && size <= MAX_CONSTANT) return size
  throw node.error('bad-input', `a constant of [${dims.join(', ')}], the file is damaged`)
}

/** A constant of chosen entries of another. */
export function pick(
  node: OperatorNode,
  from: Constant,
  dims: readonly number[],
  indexOf: (i: number) => number,
): Constant {
  const size = sizeOf(node, dims)
  const data = allocate(from.dataType, size)
  for (let i = 0; i < size; i++) data[i] = from.data[indexOf(i)]!
  const { dataType, scaled } = from
  return { dataType, dims, data, ...(scaled && { scaled: Array.from(data, (_, i) => scaled[indexOf(i)]!) }) }
}

/** The same entries in another shape. */
export function withDims({ dataType, data, scaled }: Constant, dims: readonly number[]): Constant {
  return { dataType, dims, data, ...(scaled && { scaled }) }
}

/** Steps between neighbours along each axis. */
export function stridesOf(dims: readonly number[]): number[] {
  return dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1))
}

/** The index in `from` of entry `i` of a result `dims`, where axis `a` of the result moves by `steps[a]`, from `offset` on. */
export function walk(dims: readonly number[], steps: readonly number[], offset = 0): (i: number) => number {
  const strides = stridesOf(dims)
  return (i) => {
    let index = offset
    for (let axis = 0; axis < dims.length; axis++)
      index += (Math.floor(i / strides[axis]!) % dims[axis]!) * steps[axis]!
    return index
  }
}

/** Steps through a constant that is broadcast to `dims`. */
export function broadcastSteps(from: readonly number[], dims: readonly number[]): number[] {
  const strides = stridesOf(from)
  const added = dims.length - from.length
  return dims.map((_, axis) => (axis < added || from[axis - added] === 1 ? 0 : strides[axis - added]!))
}

/** All operands as constants, or undefined if one is not. */
export function constants(node: OperatorNode): Constant[] | undefined {
  const all = Array.from({ length: node.arity }, (_, i) => (node.has(i) ? node.operand(i).constant : undefined))
  return all.every((constant) => constant !== undefined) ? all : undefined
}
