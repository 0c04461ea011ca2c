import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

type Scalar = 'int' | 'float' | 'double' | 'string' | 'bytes'

interface Field<T extends Scalar | Message<unknown> = Scalar | Message<unknown>, Many extends boolean = boolean> {
  readonly number: number
  readonly type: T
  readonly many: Many
}

/** A message type that can be read from its bytes. */
export interface Message<T> {
  read(bytes: Uint8Array): T
}

type Value<T> = T extends 'int' | 'float' | 'double'
  ? number
  : T extends 'string'
    ? string
    : T extends 'bytes'
      ? Uint8Array
      : T extends Message<infer M>
        ? M
        : never

type Decoded<F> = {
  [K in keyof F]: F[K] extends Field<infer T, true>
    ? Value<T>[]
    : F[K] extends Field<infer T, false>
      ? Value<T> | undefined
      : never
}

/** The TypeScript type of what a message reads as. */
export type MessageOf<M> = M extends Message<infer T> ? T : never

/** A field that occurs at most once; the last occurrence wins. */
export const one = <T extends Scalar | Message<unknown>>(number: number, type: T): Field<T, false> => ({
  number,
  type,
  many: false,
})

/** A repeated field, packed or not. */
export const many = <T extends Scalar | Message<unknown>>(number: number, type: T): Field<T, true> => ({
  number,
  type,
  many: true,
})

const WIRE_TYPES: Record<Scalar, WireType> = {
  int: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
}

const READERS: Record<Scalar, (reader: BinaryReader) => unknown> = {
  int: (reader) => Number(reader.int64()),
  float: (reader) => reader.float(),
  double: (reader) => reader.double(),
  string: (reader) => reader.string(true),
  bytes: (reader) => reader.bytes(),
}

/**
 * Declares a message by the fields that matter; others are skipped. Reading interprets the declaration, without generated
 * code, so it runs under a content security policy that forbids `eval`.
 *
 * `bytes` are views of the input. Reading throws an Error where the bytes do not follow the wire format.
 */
export function message<F extends Record<string, Field>>(fields: F): Message<Decoded<F>> {
  const byNumber = new Map(Object.entries(fields).map(([name, field]) => [field.number, { name, ...field }]))
  return {
    read(bytes) {
      const result: Record<string, unknown> = {}
      for (const [name, field] of Object.entries(fields)) result[name] = field.many ? [] : undefined
      const reader = new BinaryReader(bytes)
      while (reader.pos < reader.len) {
        const [number, wireType] = reader.tag()
        const field = byNumber.get(number)
        if (!field) {
          reader.skip(wireType, number)
          continue
        }
        const values = readField(reader, field, wireType)
        if (field.many) for (const value of values) (result[field.name] as unknown[]).push(value)
        else result[field.name] = values.at(-1)
      }
      return result as Decoded<F>
    },
  }
}

function readField(reader: BinaryReader, field: Field & { name: string }, wireType: WireType): unknown[] {
  const { type } = field
  if (typeof type !== 'string' && wireType === WireType.LengthDelimited) return [type.read(reader.bytes())]
  if (typeof type === 'string' && wireType === WIRE_TYPES[type]) return [READERS[type](reader)]
  if (typeof type === 'string' && field.many && wireType === WireType.LengthDelimited) {
    const packed = new BinaryReader(reader.bytes())
    const values: unknown[] = []
    while (packed.pos < packed.len) values.push(READERS[type](packed))
    return values
  }
  throw new Error(`field ${field.name} has wire type ${wireType}`)
}
