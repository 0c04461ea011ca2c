import { VatunError } from '../errors.js'
import { isObject } from '../tfjs-artifacts.js'

/** Attributes of a node, read by name and type from the JSON form of TensorFlow's `AttrValue`. */
export interface GraphAttributes {
  int(name: string, fallback: number): number
  float(name: string, fallback: number): number
  bool(name: string, fallback: boolean): boolean
  text(name: string, fallback: string): string
  /** A data type, for example `DT_FLOAT`. */
  type(name: string, fallback: string): string
  ints(name: string, fallback: readonly number[]): number[]
  texts(name: string, fallback: readonly string[]): string[]
  /** Sizes of a shape, -1 for open ones; undefined if there is none or its rank is open. */
  shape(name: string): number[] | undefined
}

/** @param where Starts error messages. @throws VatunError `bad-input` from each reader, for a value of another type. */
export function readAttributes(json: unknown, where: string): GraphAttributes {
  const attributes = isObject(json) ? json : {}
  const read = <T>(name: string, kind: string, fallback: T, parse: (value: unknown) => T | undefined): T => {
    if (!Object.hasOwn(attributes, name)) return fallback
    const attribute = attributes[name]
    // Protocol buffers leave out zeros.
    const value = isObject(attribute) ? attribute[kind] : undefined
    const parsed = parse(value)
    if (parsed !== undefined) return parsed
    throw new VatunError('bad-input', `${where}: attribute ${name} is ${JSON.stringify(attribute)}`, {
      details: { attribute: name },
    })
  }
  const list =
    <T>(parse: (value: unknown) => T | undefined, kind: string) =>
    (value: unknown) => {
      const values = isObject(value) ? (value[kind] ?? []) : []
      if (!Array.isArray(values)) return undefined
      const parsed = values.map(parse)
      return parsed.every((v) => v !== undefined) ? (parsed as T[]) : undefined
    }
  return {
    int: (name, fallback) => read(name, 'i', fallback, (v) => parseInteger(v ?? 0)),
    float: (name, fallback) => read(name, 'f', fallback, (v) => parseNumber(v ?? 0)),
    bool: (name, fallback) =>
      read(name, 'b', fallback, (v) => (typeof (v ?? false) === 'boolean' ? v === true : undefined)),
    text: (name, fallback) => read(name, 's', fallback, (v) => parseText(v ?? '')),
    type: (name, fallback) => read(name, 'type', fallback, (v) => (typeof v === 'string' ? v : TYPES[Number(v)])),
    ints: (name, fallback) => read(name, 'list', [...fallback], list(parseInteger, 'i')),
    texts: (name, fallback) => read(name, 'list', [...fallback], list(parseText, 's')),
    shape: (name) => read<number[] | undefined>(name, 'shape', undefined, parseShape) ?? undefined,
  }
}

/** Attributes with some of other values. */
export function withAttributes(
  attributes: GraphAttributes,
  {
    ints = {},
    texts = {},
  }: { ints?: Readonly<Record<string, readonly number[]>>; texts?: Readonly<Record<string, string>> },
): GraphAttributes {
  return {
    ...attributes,
    ints: (name, fallback) => [...(ints[name] ?? attributes.ints(name, fallback))],
    text: (name, fallback) => texts[name] ?? attributes.text(name, fallback),
  }
}

/** Sizes of a `TensorShapeProto` in JSON, -1 for open ones; undefined if its rank is open or it is damaged. */
export function parseShape(value: unknown): number[] | undefined {
  if (!isObject(value) || !Array.isArray(value.dim)) return undefined
  const sizes = value.dim.map((dim: unknown) => (isObject(dim) ? parseInteger(dim.size ?? 0) : undefined))
  return sizes.every((size) => size !== undefined) ? sizes : undefined
}

/** Numbers of the enumeration `DataType`, which some files hold in place of names. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  9: 'DT_INT64',
  10: 'DT_BOOL',
}

function parseNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function parseInteger(value: unknown): number | undefined {
  const number = parseNumber(value)
  return Number.isSafeInteger(number) ? number : undefined
}

/** Texts are bytes in base64. */
function parseText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined
  try {
    return atob(value)
  } catch {
    return undefined
  }
}
