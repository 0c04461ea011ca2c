import { type Data, type DataType, FixedSizeList, type Vector } from 'apache-arrow'
import { VatunError } from '../errors.js'
import type { Numbers } from './arrow-table.js'

interface NumbersConstructor<T extends Numbers> {
  new (length: number): T
  readonly name: string
}

/** Values of a primitive column: a view when the file has one record batch, which ours have. */
export function numbersOf<T extends Numbers>(column: Vector, type: NumbersConstructor<T>): T {
  return joinChunks(
    column.data.map((chunk) => primitive(chunk, type)),
    type,
  )
}

/** Values of a `FixedSizeList` column in C order, and how many a row has. */
export function matrixOf<T extends Numbers>(column: Vector, type: NumbersConstructor<T>): { values: T; size: number } {
  const listType: unknown = column.type
  if (!(listType instanceof FixedSizeList))
    throw new VatunError('bad-input', `decode: column is ${column.type}, expected a fixed-size list`)
  const size = listType.listSize
  const chunks = column.data
    .filter((chunk) => chunk.length > 0 && size > 0)
    .map((chunk) =>
      view(primitive(chunk.children[0]!, type), chunk.offset * size, (chunk.offset + chunk.length) * size),
    )
  return { values: joinChunks(chunks, type), size }
}

/** Start and end of each row's entries in the child of a `List` column with one record batch. */
export function listOf(column: Vector): { ranges: readonly (readonly [number, number])[]; child: Data | undefined } {
  const chunk = column.data[0]
  if (!chunk || chunk.length === 0) return { ranges: [], child: undefined }
  const offsets = chunk.valueOffsets as Int32Array
  return {
    ranges: Array.from({ length: chunk.length }, (_, r) => [offsets[r]!, offsets[r + 1]!] as const),
    child: chunk.children[0],
  }
}

/** Values of one chunk of a primitive column. */
export function primitive<T extends Numbers>(chunk: Data<DataType>, type: NumbersConstructor<T>): T {
  if (chunk.length === 0) return new type(0)
  const values: unknown = chunk.values
  if (values instanceof type) return view(values, 0, chunk.length)
  throw new VatunError('bad-input', `decode: column is ${chunk.type}, expected values of ${type.name}`)
}

function view<T extends Numbers>(values: T, start: number, end: number): T {
  return values.subarray(start, end) as T
}

function joinChunks<T extends Numbers>(chunks: readonly T[], type: NumbersConstructor<T>): T {
  if (chunks.length === 1) return chunks[0]!
  const joined = new type(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let offset = 0
  for (const chunk of chunks) {
    joined.set(chunk, offset)
    offset += chunk.length
  }
  return joined
}
