import { type Constant, type DataType, dataTypeOf } from '../constant.js'
import type { OperatorNode } from '../operator-node.js'
import { broadcast } from '../shape.js'
import { allocate, broadcastSteps, constants, type Fold, isInteger, sizeOf, stridesOf, walk } from './fold.js'

/** A number of the file: `value`, or `value` times the batch size. */
interface Entry {
  readonly value: number
  readonly scaled: boolean
}

const entry = ({ data, scaled }: Constant, i: number): Entry => ({ value: data[i]!, scaled: scaled?.[i] ?? false })

type Combine = (entries: readonly Entry[], integer: boolean) => Entry | undefined

/** Combines constants entry by entry, broadcast to one shape. */
const combining =
  (combine: Combine, resultType?: DataType, typeFrom = 0): Fold =>
  (node) => {
    const all = constants(node)
    if (!all || all.length === 0) return undefined
    const dims = all.reduce<readonly number[] | undefined>((d, c) => d && broadcast(d, c.dims), [])
    if (!dims)
      throw node.error('bad-input', `shapes ${all.map((c) => `[${c.dims.join(', ')}]`).join(' and ')} do not fit`)
    const dataType = resultType ?? all[typeFrom]!.dataType
    const data = allocate(dataType, sizeOf(node, dims))
    const scaled = Array<boolean>(all.some((c) => c.scaled) ? data.length : 0)
    const indices = all.map((c) => walk(dims, broadcastSteps(c.dims, dims)))
    for (let i = 0; i < data.length; i++) {
      const result = combine(
        all.map((c, k) => entry(c, indices[k]!(i))),
        isInteger(dataType),
      )
      if (!result) throw node.error('unsupported', 'it mixes the batch size with other numbers')
      data[i] = result.value
      if (scaled.length > 0) scaled[i] = result.scaled
    }
    return { dataType, dims, data, ...(scaled.includes(true) && { scaled }) }
  }

/** Of numbers that do not depend on the batch size. */
const plain =
  (apply: (...values: number[]) => number): Combine =>
  (entries) =>
    entries.some(({ scaled }) => scaled)
      ? undefined
      : { value: apply(...entries.map(({ value }) => value)), scaled: false }

/** Of numbers that all depend on the batch size, or none. */
const alike =
  (apply: (...values: number[]) => number): Combine =>
  (entries) =>
    entries.every(({ scaled }) => scaled === entries[0]!.scaled)
      ? { value: apply(...entries.map(({ value }) => value)), scaled: entries[0]!.scaled }
      : undefined

export const Add = combining(alike((a, b) => a! + b!))
export const Sub = combining(alike((a, b) => a! - b!))
export const Sum = combining(alike((...all) => all.reduce((a, b) => a + b, 0)))
export const Max = combining(alike((...all) => Math.max(...all)))
export const Min = combining(alike((...all) => Math.min(...all)))
export const Neg = combining(alike((a) => -a!))
export const Abs = combining(alike((a) => Math.abs(a!)))
export const Sqrt = combining(plain((a) => Math.sqrt(a!)))
export const Exp = combining(plain((a) => Math.exp(a!)))
export const Log = combining(plain((a) => Math.log(a!)))
export const Floor = combining(plain((a) => Math.floor(a!)))
export const Ceil = combining(plain((a) => Math.ceil(a!)))
export const Reciprocal = combining(plain((a) => 1 / a!))
export const Pow = combining(plain((a, b) => a! ** b!))
const modulo = combining(plain((a, b) => a! - Math.floor(a! / b!) * b!))
const remainder = combining(plain((a, b) => a! % b!))
/** With the sign of the divisor, or of the dividend where `fmod` is set. */
export const Mod: Fold = (node) => (node.attributes.int('fmod', 0) === 0 ? modulo : remainder)(node)
export const Not = combining(plain((a) => Number(a === 0)))
export const And = combining(plain((a, b) => Number(a !== 0 && b !== 0)))
export const Or = combining(plain((a, b) => Number(a !== 0 || b !== 0)))
export const Greater = combining(
  plain((a, b) => Number(a! > b!)),
  'bool',
)
export const Less = combining(
  plain((a, b) => Number(a! < b!)),
  'bool',
)

/** A number of images equals no fixed number. */
export const Equal = combining(
  ([a, b]) => ({ value: Number(a!.value === b!.value && a!.scaled === b!.scaled), scaled: false }),
  'bool',
)

export const Where = combining(([condition, a, b]) => (condition!.value !== 0 ? a : b), undefined, 1)

export const Mul = combining(([a, b]) =>
  a!.scaled && b!.scaled ? undefined : { value: a!.value * b!.value, scaled: a!.scaled || b!.scaled },
)

export const Div = combining(([a, b], integer) => {
  if (b!.scaled && !a!.scaled) return undefined
  const quotient = a!.value / b!.value
  return { value: integer ? Math.trunc(quotient) : quotient, scaled: a!.scaled && !b!.scaled }
})

export const Cast: Fold = (node) => {
  const { constant } = node.operand(0)
  if (!constant) return undefined
  const dataType = dataTypeOf(node.attributes.int('to', 0), `openOnnx: Cast "${node.name}"`)
  const { dims, data, scaled } = constant
  const converted = allocate(dataType, data.length)
  if (dataType === 'bool') converted.set(data.map((v) => Number(v !== 0)))
  else converted.set(isInteger(dataType) ? data.map(Math.trunc) : data)
  return { dataType, dims, data: converted, ...(scaled && { scaled }) }
}

const reducing =
  (apply: (a: number, b: number) => number, start: number): Fold =>
  (node) => {
    const { constant } = node.operand(0)
    if (!constant) return undefined
    const { dims, data, scaled, dataType } = constant
    const given = node.integersOf('axes', 1) ?? []
    if (given.length === 0 && node.attributes.int('noop_with_empty_axes', 0) !== 0) return constant
    const axes = given.length > 0 ? given.map((axis) => node.axis(axis, dims.length)) : dims.map((_, axis) => axis)
    const keeps = node.attributes.int('keepdims', 1) !== 0
    const kept = dims.map((dim, axis) => (axes.includes(axis) ? 1 : dim))
    const result = allocate(dataType, sizeOf(node, kept)).fill(start)
    const marks = scaled ? Array<boolean>(result.length).fill(false) : undefined
    const strides = stridesOf(kept)
    const index = walk(
      dims,
      strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride)),
    )
    data.forEach((value, i) => {
      const at = index(i)
      result[at] = apply(result[at]!, value)
      if (!scaled?.[i]) return
      if (marks![at] || node.opType !== 'ReduceProd')
        throw node.error('unsupported', 'it mixes the batch size with other numbers')
      marks![at] = true
    })
    const shape = keeps ? kept : dims.filter((_, axis) => !axes.includes(axis))
    return { dataType, dims: shape, data: result, ...(marks && { scaled: marks }) }
  }

export const ReduceProd = reducing((a, b) => a * b, 1)
export const ReduceSum = reducing((a, b) => a + b, 0)
export const ReduceMax = reducing(Math.max, Number.NEGATIVE_INFINITY)
export const ReduceMin = reducing(Math.min, Number.POSITIVE_INFINITY)

/** `(x - zero point) · scale`, by tensor or by entry of an axis. */
export const DequantizeLinear: Fold = (node) => {
  const all = constants(node)
  if (!all) return undefined
  const [x] = all as [Constant]
  const { scaleOf, zeroOf } = quantization(node, all)
  return { dataType: 'float32', dims: x.dims, data: Float32Array.from(x.data, (v, i) => (v - zeroOf(i)) * scaleOf(i)) }
}

/** `round(x / scale) + zero point`, with halves rounded to even, cut to the range of the type. */
export const QuantizeLinear: Fold = (node) => {
  const all = constants(node)
  if (!all) return undefined
  const [x, , zeroPoint] = all as [Constant, Constant, Constant | undefined]
  const dataType = zeroPoint?.dataType ?? 'uint8'
  const range = { uint8: [0, 255], int8: [-128, 127] }[dataType as string]
  if (!range) throw node.error('unsupported', `quantisation to ${dataType}`)
  const { scaleOf, zeroOf } = quantization(node, all)
  const data = Float64Array.from(x.data, (v, i) =>
    Math.min(Math.max(roundToEven(v / scaleOf(i)) + zeroOf(i), range[0]!), range[1]!),
  )
  return { dataType, dims: x.dims, data }
}

function quantization(node: OperatorNode, [x, scale, zeroPoint]: readonly Constant[]) {
  if (!x || !scale) throw node.error('bad-input', 'the scale is missing')
  if (node.attributes.int('block_size', 0) !== 0) throw node.error('unsupported', 'block_size')
  const length = scale.data.length
  const axis = length === 1 ? 0 : node.axis(node.attributes.int('axis', 1), x.dims.length)
  if ((length !== 1 && x.dims[axis] !== length) || (zeroPoint && zeroPoint.data.length !== length))
    throw node.error('bad-input', `${length} scales do not fit [${x.dims.join(', ')}]`)
  const stride = stridesOf(x.dims)[axis] ?? 1
  const at = (i: number) => (length === 1 ? 0 : Math.floor(i / stride) % length)
  return { scaleOf: (i: number) => scale.data[at(i)]!, zeroOf: (i: number) => zeroPoint?.data[at(i)] ?? 0 }
}

function roundToEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}
