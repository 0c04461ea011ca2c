import { writeSums } from './weighted-sums.js'

/**
 * A linear map of a line of pixels as a sparse matrix `[rows, columns]`: row `i`, what each position gives to the new position `i`, has the
 * entries from `starts[i]` up to `starts[i + 1]`; entries of the same place add up.
 */
export interface LineMap {
  readonly rows: number
  readonly columns: number
  readonly starts: Int32Array
  readonly places: Int32Array
  readonly weights: Float64Array
  /**
   * `[rows]` how many rows from this one on repeat its weights, each one place further than the row before; what lies within a convolution
   * is one such run, which is summed as one line.
   */
  readonly runs: Int32Array
}

/** A matrix from its entries `[row, column, weight]`, in any order. */
export function lineMap(
  rows: number,
  columns: number,
  entries: (add: (row: number, column: number, weight: number) => void) => void,
): LineMap {
  const byRow = Array.from({ length: rows }, () => ({ places: [] as number[], weights: [] as number[] }))
  entries((row, column, weight) => {
    byRow[row]!.places.push(column)
    byRow[row]!.weights.push(weight)
  })
  const starts = new Int32Array(rows + 1)
  for (const [row, { places }] of byRow.entries()) starts[row + 1] = starts[row]! + places.length
  const runs = new Int32Array(rows).fill(1)
  for (let row = rows - 2; row >= 0; row--) {
    const [own, next] = [byRow[row]!, byRow[row + 1]!]
    const repeats =
      own.places.length === next.places.length &&
      own.places.every((place, e) => next.places[e] === place + 1 && next.weights[e] === own.weights[e])
    if (repeats) runs[row] = runs[row + 1]! + 1
  }
  return {
    rows,
    columns,
    starts,
    places: Int32Array.from(byRow.flatMap(({ places }) => places)),
    weights: Float64Array.from(byRow.flatMap(({ weights }) => weights)),
    runs,
  }
}

/** The transposed matrix, what gradients go back through. */
export function transposeLineMap({ rows, columns, starts, places, weights }: LineMap): LineMap {
  return lineMap(columns, rows, (add) => {
    for (let row = 0; row < rows; row++)
      for (let e = starts[row]!; e < starts[row + 1]!; e++) add(places[e]!, row, weights[e]!)
  })
}

/**
 * Maps the middle axis of values in main memory, by loops over the entries.
 * @param values `[count, map.columns, size]` in C order.
 * @returns `[count, map.rows, size]`
 */
export function mapAxis(values: Float32Array, count: number, map: LineMap, size: number): Float32Array {
  const { rows, columns, starts, weights, runs } = map
  const terms = { offsets: map.places.map((place) => place * size), weights }
  const result = new Float32Array(count * rows * size)
  for (let block = 0; block < count; block++)
    for (let row = 0; row < rows; row += runs[row]!)
      writeSums(
        result,
        (block * rows + row) * size,
        runs[row]! * size,
        values,
        block * columns * size,
        terms,
        starts[row],
        starts[row + 1],
      )
  return result
}
