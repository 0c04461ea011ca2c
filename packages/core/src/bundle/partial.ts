import { VatunError } from '../errors.js'
import { crc32 } from './crc32.js'

// Layout, little-endian: "VATUNPT1" · u32 CRC-32 of all that follows · u32 bytes of JSON · f64 bytes of payload · JSON, padded to 8 ·
// payload. In the JSON, primitives and arrays stand for themselves, and an object with one key for everything else:
// {o: object}, {t: [type, offset, length]} typed array, {n: number JSON cannot write}, {u: 1} undefined.
const magic = 'VATUNPT1'
const headerBytes = 24

const arrayTypes = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const

type TypeName = keyof typeof arrayTypes
type TypedArray = InstanceType<(typeof arrayTypes)[TypeName]>
type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

const aligned = (n: number) => Math.ceil(n / 8) * 8

/**
 * Writes a partial result: plain objects, arrays, typed arrays, numbers (also NaN and infinities), strings, booleans, null and
 * undefined.
 * @throws VatunError `unsupported` for anything else in it, such as a Map or a function
 */
export function encodePartial(partial: unknown): Uint8Array {
  const arrays: { offset: number; array: TypedArray }[] = []
  let payload = 0
  const pack = (value: unknown, path: string): Json => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number')
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { n: Object.is(value, -0) ? '-0' : String(value) }
    if (value === undefined) return { u: 1 }
    if (Array.isArray(value)) return Array.from(value, (item, i) => pack(item, `${path}[${i}]`))
    const type = typedArrayName(value)
    if (type) {
      const array = value as TypedArray
      const offset = payload
      arrays.push({ offset, array })
      payload += aligned(array.byteLength)
      return { t: [type, offset, array.length] }
    }
    if (isPlainObject(value))
      return { o: Object.fromEntries(Object.entries(value).map(([k, v]) => [k, pack(v, `${path}.${k}`)])) }
    throw new VatunError(
      'unsupported',
      `encodePartial: partial${path} is ${describe(value)}, expected plain objects, arrays, typed arrays, numbers or strings`,
    )
  }
  const json = new TextEncoder().encode(JSON.stringify(pack(partial, '')))
  const start = headerBytes + aligned(json.length)
  const bytes = new Uint8Array(start + payload)
  const header = new DataView(bytes.buffer)
  bytes.set(new TextEncoder().encode(magic))
  header.setUint32(12, json.length, true)
  header.setFloat64(16, payload, true)
  bytes.set(json, headerBytes)
  for (const { offset, array } of arrays)
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + offset)
  header.setUint32(8, crc32(bytes.subarray(12)), true)
  return bytes
}

/**
 * Reads what {@link encodePartial} wrote. Typed arrays are views of the bytes where alignment allows.
 * @returns undefined when the bytes are truncated, damaged or something else, so that the shard is computed again
 */
export function decodePartial<P>(bytes: Uint8Array): { readonly partial: P } | undefined {
  if (bytes.length < headerBytes || new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) return undefined
  const whole = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  const header = new DataView(whole.buffer, whole.byteOffset)
  const jsonLength = header.getUint32(12, true)
  const start = headerBytes + aligned(jsonLength)
  if (whole.length !== start + header.getFloat64(16, true)) return undefined
  if (crc32(whole.subarray(12)) !== header.getUint32(8, true)) return undefined
  const unpack = (json: Json): unknown => {
    if (json === null || typeof json !== 'object') return json
    if (Array.isArray(json)) return json.map(unpack)
    if ('u' in json) return undefined
    if ('n' in json) return Number(json.n)
    if ('t' in json) {
      const [type, offset, length] = json.t as [TypeName, number, number]
      return new arrayTypes[type](whole.buffer as ArrayBuffer, whole.byteOffset + start + offset, length)
    }
    return Object.fromEntries(Object.entries(json.o as { [key: string]: Json }).map(([k, v]) => [k, unpack(v)]))
  }
  const json = new TextDecoder().decode(whole.subarray(headerBytes, headerBytes + jsonLength))
  return { partial: unpack(JSON.parse(json) as Json) as P }
}

function typedArrayName(value: unknown): TypeName | undefined {
  return (Object.keys(arrayTypes) as TypeName[]).find((name) => value instanceof arrayTypes[name])
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function describe(value: unknown): string {
  return typeof value === 'object' ? `a ${value?.constructor?.name ?? 'object'}` : `a ${typeof value}`
}
