import { VatunError } from '@vatun/core'
import { type Constant, readConstant } from './constant.js'
import type { AttributeProto } from './proto.js'

/** Typed access to a node's attributes, with the defaults of the ONNX operator specification. */
export interface Attributes {
  int(name: string, fallback: number): number
  float(name: string, fallback: number): number
  /** @throws VatunError `bad-input` if there are not `length` entries. */
  ints(name: string, fallback: readonly number[], length?: number): readonly number[]
  /** Undefined if absent. */
  optionalInts(name: string): readonly number[] | undefined
  text(name: string, fallback: string): string
  tensor(name: string): Constant
}

/** @param where Starts error messages; names the node. */
export function readAttributes(protos: readonly AttributeProto[], where: string): Attributes {
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
    ints(name, fallback, length = fallback.length) {
      const values = byName.get(name)?.ints ?? fallback
      if (values.length === length) return values
      throw new VatunError(
        'bad-input',
        `${where}: attribute ${name} is [${values.join(', ')}], expected ${length} integers`,
      )
    },
    optionalInts: (name) => byName.get(name)?.ints,
    text(name, fallback) {
      const bytes = byName.get(name)?.s
      return bytes ? new TextDecoder().decode(bytes) : fallback
    },
    tensor(name) {
      const proto = byName.get(name)?.t
      if (proto) return readConstant(proto, `${where}: attribute ${name}`)
      throw new VatunError('bad-input', `${where}: attribute ${name} is missing`)
    },
  }
}
