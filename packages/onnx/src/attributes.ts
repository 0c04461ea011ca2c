import { VatunError } from '@vatun/core'
import { type Constant, readConstant } from './constant.js'
import { type ExternalFiles, externalBytes } from './external-data.js'
import type { AttributeProto } from './proto.js'

/** Typed access to a node's attributes, with the defaults of the ONNX operator specification. */
export interface Attributes {
  int(name: string, fallback: number): number
  float(name: string, fallback: number): number
  /** Like `float`, but infinities and NaN are allowed. */
  number(name: string, fallback: number): number
  has(name: string): boolean
  /** @throws VatunError `bad-input` if there are not `length` entries. */
  ints(name: string, fallback: readonly number[], length?: number): readonly number[]
  /** Undefined if absent. */
  optionalInts(name: string): readonly number[] | undefined
  text(name: string, fallback: string): string
  /** Floats or integers, one or many; undefined if absent. */
  numbers(name: string): readonly number[] | undefined
  tensor(name: string): Constant
}

/**
 * @param where Starts error messages; names the node.
 * @param files Holds what tensors keep outside of the model.
 */
export function readAttributes(
  protos: readonly AttributeProto[],
  where: string,
  files: ExternalFiles = new Map(),
): Attributes {
  const byName = new Map(protos.map((proto) => [proto.name, proto]))
  const integer = (name: string, value: number): number => {
    if (Number.isInteger(value)) return value
    throw new VatunError('bad-input', `${where}: attribute ${name} is ${value}, expected an integer`)
  }
  return {
    int: (name, fallback) => integer(name, byName.get(name)?.i ?? fallback),
    float(name, fallback) {
      const value = byName.get(name)?.f ?? fallback
      if (Number.isFinite(value)) return value
      throw new VatunError('bad-input', `${where}: attribute ${name} is ${value}, expected a finite number`)
    },
    number: (name, fallback) => byName.get(name)?.f ?? fallback,
    has: (name) => byName.has(name),
    ints(name, fallback, length = fallback.length) {
      const values = byName.get(name)?.ints ?? fallback
      if (values.length === length) return values
      throw new VatunError(
        'bad-input',
        `${where}: attribute ${name} is [${values.join(', ')}], expected ${length} integers`,
      )
    },
    optionalInts: (name) => byName.get(name)?.ints,
    numbers(name) {
      const proto = byName.get(name)
      if (!proto) return undefined
      const { f, i, floats, ints } = proto
      return floats.length > 0 ? floats : ints.length > 0 ? ints : [f ?? i].filter((v) => v !== undefined)
    },
    text(name, fallback) {
      const bytes = byName.get(name)?.s
      return bytes ? new TextDecoder().decode(bytes) : fallback
    },
    tensor(name) {
      const proto = byName.get(name)?.t
      const place = `${where}: attribute ${name}`
      if (proto) return readConstant(proto, place, externalBytes(proto, files, place))
      throw new VatunError('bad-input', `${where}: attribute ${name} is missing`)
    },
  }
}
