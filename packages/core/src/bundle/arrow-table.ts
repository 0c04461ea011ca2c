import {
  type Data,
  type DataType,
  Field,
  FixedSizeList,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableFromIPC,
  tableToIPC,
  Uint16,
  Uint32,
  type Vector,
} from 'apache-arrow'
import { VatunError } from '../errors.js'

/** Typed arrays that become a column as they are. */
export type Numbers = Int32Array | Uint16Array | Uint32Array | Float32Array | Float64Array

/** A column ready for {@link encodeTable}. */
export type Column = Data<DataType>

/** One value a row. */
export function numberColumn(values: Numbers): Column {
  const length = values.length
  if (values instanceof Int32Array) return makeData({ type: new Int32(), length, data: values })
  if (values instanceof Uint16Array) return makeData({ type: new Uint16(), length, data: values })
  if (values instanceof Uint32Array) return makeData({ type: new Uint32(), length, data: values })
  if (values instanceof Float32Array) return makeData({ type: new Float32(), length, data: values })
  return makeData({ type: new Float64(), length, data: values })
}

/** `size` values a row, in C order: `FixedSizeList`. */
export function matrixColumn(values: Numbers, size: number, length: number, where: string): Column {
  if (values.length !== size * length)
    throw new VatunError('bad-input', `${where}: ${values.length} values do not fill [${length}, ${size}]`)
  const child = numberColumn(values)
  return makeData({
    type: new FixedSizeList(size, new Field('item', child.type, false)),
    length,
    nullCount: 0,
    child,
  })
}

/** Lists of different lengths: `List`. `lengths[r]` entries of the child belong to row `r`. */
export function listColumn(child: Column, lengths: readonly number[]): Column {
  const valueOffsets = new Int32Array(lengths.length + 1)
  for (const [r, length] of lengths.entries()) valueOffsets[r + 1] = valueOffsets[r]! + length
  const type = new List(new Field('item', child.type, false))
  return makeData({ type, length: lengths.length, nullCount: 0, valueOffsets, child })
}

/** Columns side by side as one: `Struct`. */
export function structColumn(columns: Readonly<Record<string, Column>>, length: number): Column {
  const fields = Object.entries(columns).map(([name, column]) => new Field(name, column.type, false))
  return makeData({ type: new Struct(fields), length, nullCount: 0, children: Object.values(columns) })
}

/**
 * Writes columns of equal length as an Arrow IPC file with one record batch.
 * @param kind What the table is, checked by {@link decodeTable}.
 * @param meta JSON that belongs to the whole table.
 */
export function encodeTable(
  kind: string,
  columns: Readonly<Record<string, Column>>,
  length: number,
  meta: Readonly<Record<string, unknown>> = {},
): Uint8Array {
  for (const [name, column] of Object.entries(columns))
    if (column.length !== length)
      throw new VatunError(
        'bad-input',
        `encode ${kind}: column "${name}" has ${column.length} rows, expected ${length} as in the first column`,
      )
  const fields = Object.entries(columns).map(([name, column]) => new Field(name, column.type, false))
  const metadata = new Map([
    ['vatun.kind', kind],
    ['vatun.meta', JSON.stringify(meta)],
  ])
  const schema = new Schema(fields, metadata)
  const rows = makeData({ type: new Struct(fields), length, nullCount: 0, children: Object.values(columns) })
  return tableToIPC(new Table(schema, [new RecordBatch(schema, rows)]), 'file')
}

/** A table that {@link encodeTable} wrote; its columns are views of the bytes where alignment allows. */
export interface DecodedTable {
  readonly length: number
  readonly meta: Readonly<Record<string, unknown>>
  /** @throws VatunError `bad-input` when there is no such column */
  column(name: string): Vector
}

/**
 * Reads an Arrow IPC file of the given kind.
 * @throws VatunError `bad-input` when the bytes are damaged or another kind of table
 */
export function decodeTable(kind: string, bytes: Uint8Array): DecodedTable {
  // Arrow's views need 8-byte alignment, which a slice of a pooled Node buffer need not have.
  const aligned = bytes.byteOffset % 8 === 0 ? bytes : bytes.slice()
  let table: Table
  try {
    table = tableFromIPC(aligned)
  } catch (cause) {
    throw new VatunError('bad-input', `decode ${kind}: not a readable Arrow file, compute it again`, { cause })
  }
  const found = table.schema.metadata.get('vatun.kind')
  if (found !== kind)
    throw new VatunError(
      'bad-input',
      `decode ${kind}: the file holds ${found ? `"${found}"` : 'no table of VATUN'}, expected "${kind}"`,
    )
  return {
    length: table.numRows,
    meta: JSON.parse(table.schema.metadata.get('vatun.meta') ?? '{}') as Record<string, unknown>,
    column(name) {
      const column = table.getChild(name)
      if (column) return column
      throw new VatunError('bad-input', `decode ${kind}: no column "${name}", compute the file again`)
    },
  }
}
