import type { PredictionTable } from '../../predictions.js'
import type { EmbeddingTable } from '../results.js'

/** Positions beside predictions, column by column; row `r` is data set image `indices[r]`. */
export interface EmbeddingPoints {
  readonly indices: Int32Array
  /** `[n]` 0…1, one scale for both axes, the longer one filling the range and the other centred. */
  readonly x: Float32Array
  /** `[n]` 0…1, upwards. */
  readonly y: Float32Array
  /** `[n]` true class, −1 while there is no prediction. */
  readonly labels: Int32Array
  /** `[n]` predicted class, −1 while there is no prediction. */
  readonly predicted: Int32Array
  /** `[n]` softmax probability of the predicted class, NaN while there is no prediction. */
  readonly confidence: Float32Array
}

/** Brings a layout and the predictions together by data set index. Images without a finite position are left out. */
export function embeddingPoints(embedding: EmbeddingTable, table: PredictionTable | undefined): EmbeddingPoints {
  const { indices, positions } = embedding
  const rows: number[] = []
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let r = 0; r < indices.length; r++) {
    if (!Number.isFinite(positions[2 * r]) || !Number.isFinite(positions[2 * r + 1])) continue
    rows.push(r)
    for (const d of [0, 1]) {
      low[d] = Math.min(low[d]!, positions[2 * r + d]!)
      high[d] = Math.max(high[d]!, positions[2 * r + d]!)
    }
  }
  const span = Math.max(high[0]! - low[0]!, high[1]! - low[1]!) || 1
  const place = (r: number, d: number) => 0.5 + (positions[2 * r + d]! - (low[d]! + high[d]!) / 2) / span
  const rowOf = new Map<number, number>()
  if (table) for (const [r, index] of table.indices.entries()) rowOf.set(index, r)
  const shown = Int32Array.from(rows, (r) => indices[r]!)
  const from = (column: ArrayLike<number> | undefined, missing: number) => (index: number) =>
    column?.[rowOf.get(index) ?? -1] ?? missing
  return {
    indices: shown,
    x: Float32Array.from(rows, (r) => place(r, 0)),
    y: Float32Array.from(rows, (r) => place(r, 1)),
    labels: shown.map(from(table?.labels, -1)),
    predicted: shown.map(from(table?.predicted, -1)),
    confidence: Float32Array.from(shown, from(table?.confidence, Number.NaN)),
  }
}

/** Ways an arrow key can go. */
export type Direction = 'left' | 'right' | 'up' | 'down'

/**
 * The nearest point in a direction (within 45° of it), so that arrow keys walk through a scatter.
 * @param from Row to start at; null starts at the point nearest to the centre.
 * @returns A row; `from` itself where nothing lies in that direction; null for no points.
 */
export function neighbourTowards(
  points: Pick<EmbeddingPoints, 'x' | 'y'>,
  from: number | null,
  direction: Direction,
): number | null {
  const [x0, y0] = from === null ? [0.5, 0.5] : [points.x[from]!, points.y[from]!]
  const [ux, uy] = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }[direction] as [number, number]
  let best = from
  let shortest = Number.POSITIVE_INFINITY
  for (let r = 0; r < points.x.length; r++) {
    const [dx, dy] = [points.x[r]! - x0, points.y[r]! - y0]
    const along = dx * ux + dy * uy
    const across = Math.abs(dx * uy) + Math.abs(dy * ux)
    if (r === from || (from !== null && (along <= 0 || across > along))) continue
    const distance = dx * dx + dy * dy
    if (distance >= shortest) continue
    shortest = distance
    best = r
  }
  return best
}
