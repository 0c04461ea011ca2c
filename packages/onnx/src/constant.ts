import { VatunError } from '@vatun/core'
import type { TensorProto } from './proto.js'

/** ONNX element types that inference meets in constants. */
const DATA_TYPES = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
} as const

export type DataType = (typeof DATA_TYPES)[keyof typeof DATA_TYPES]

/** A value known at load: an initializer, or what constant nodes make of it. In the file's axis order. */
export interface Constant {
  readonly dataType: DataType
  readonly dims: readonly number[]
  /** Float32Array for float16 and float32, which it represents exactly; Float64Array for the rest. */
  readonly data: Float32Array | Float64Array
  /** Entries that stand for their value times the batch size: what `Shape` gives of a value computed from images. */
  readonly scaled?: readonly boolean[]
}

/** Elements of a constant at most: 256 MB. */
export const MAX_CONSTANT = 2 ** 26

/** The name of an ONNX element type. @throws VatunError `unsupported` */
export function dataTypeOf(code: number | undefined, where: string): DataType {
  const dataType = DATA_TYPES[code as keyof typeof DATA_TYPES]
  if (dataType) return dataType
  throw new VatunError(
    'unsupported',
    `${where}: element type ${code} is not supported, expected one of ${Object.values(DATA_TYPES).join(', ')}`,
  )
}

/**
 * Decodes a tensor of the file.
 * @param external The bytes of a tensor whose data lie in another file.
 * @throws VatunError `bad-input` if data and dimensions disagree or the data are not there.
 */
export function readConstant(proto: TensorProto, where: string, external?: Uint8Array): Constant {
  const dataType = dataTypeOf(proto.dataType, where)
  const { dims } = proto
  const size = dims.reduce((a, b) => a * b, 1)
  if (dims.some((d) => d < 0 || !Number.isSafeInteger(d)) || size > MAX_CONSTANT || dims.length > 8)
    throw new VatunError('bad-input', `${where}: its size is [${dims.join(', ')}], the file is damaged`)
  if (proto.dataLocation === 1 && !external)
    throw new VatunError('bad-input', `${where}: the data lies in another file, open the model by its path or URL`)
  const raw = external ?? proto.rawData
  const data = raw?.length ? readRaw(raw, dataType, where) : readTyped(proto, dataType)
  if (data.length !== size)
    throw new VatunError(
      'bad-input',
      `${where}: ${data.length} values do not fill [${dims.join(', ')}], the file is damaged`,
    )
  return { dataType, dims, data }
}

const BYTES: Record<DataType, number> = {
  float32: 4,
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
  uint32: 4,
  uint64: 8,
}

function readRaw(raw: Uint8Array, dataType: DataType, where: string): Float32Array | Float64Array {
  if (raw.length % BYTES[dataType] !== 0)
    throw new VatunError('bad-input', `${where}: ${raw.length} bytes are not a whole number of ${dataType} values`)
  // A copy, because typed arrays need aligned bytes. All platforms that run JavaScript engines today are little-endian.
  const { buffer } = raw.slice()
  switch (dataType) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float16':
      return float16ToFloat32(new Uint16Array(buffer))
    case 'float64':
      return new Float64Array(buffer)
    case 'int64':
      return Float64Array.from(new BigInt64Array(buffer), toSafeInteger)
    case 'int32':
      return Float64Array.from(new Int32Array(buffer))
    case 'uint64':
      return Float64Array.from(new BigUint64Array(buffer), Number)
    case 'uint32':
      return Float64Array.from(new Uint32Array(buffer))
    case 'uint16':
      return Float64Array.from(new Uint16Array(buffer))
    case 'int16':
      return Float64Array.from(new Int16Array(buffer))
    case 'int8':
      return Float64Array.from(new Int8Array(buffer))
    default:
      return Float64Array.from(new Uint8Array(buffer))
  }
}

/** Exporters write the largest int64 for "to the end"; any integer that large means the same. */
function toSafeInteger(value: bigint | number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number(value), Number.MAX_SAFE_INTEGER))
}

function readTyped(proto: TensorProto, dataType: DataType): Float32Array | Float64Array {
  switch (dataType) {
    case 'float32':
      return Float32Array.from(proto.floatData)
    case 'float16':
      return float16ToFloat32(Uint16Array.from(proto.int32Data))
    case 'float64':
      return Float64Array.from(proto.doubleData)
    case 'int64':
      return Float64Array.from(proto.int64Data, toSafeInteger)
    default:
      return Float64Array.from(proto.int32Data)
  }
}

let halves: Float32Array | undefined

/** Widens IEEE 754 binary16 bit patterns, exactly. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  halves ??= Float32Array.from({ length: 65536 }, (_, pattern) => widen(pattern))
  const table = halves
  const floats = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) floats[i] = table[bits[i]!]!
  return floats
}

function widen(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1
  const exponent = (pattern >> 10) & 31
  const fraction = pattern & 1023
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
