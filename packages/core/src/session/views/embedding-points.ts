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
  const isPlaced = (r: number) => Number.isFinite(positions[2 * r]) && Number.isFinite(positions[2 * r + 1])
  let [left, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  let [right, top] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let count = 0
  for (let r = 0; r < indices.length; r++) {
    if (!isPlaced(r)) continue
    count++
    left = Math.min(left, positions[2 * r]!)
    right = Math.max(right, positions[2 * r]!)
    bottom = Math.min(bottom, positions[2 * r + 1]!)
    top = Math.max(top, positions[2 * r + 1]!)
  }
  const span = Math.max(right - left, top - bottom) || 1
  const points = {
    indices: new Int32Array(count),
    x: new Float32Array(count),
    y: new Float32Array(count),
    labels: new Int32Array(count).fill(-1),
    predicted: new Int32Array(count).fill(-1),
    confidence: new Float32Array(count).fill(Number.NaN),
  }
  const rowOf = table && rowsByIndex(table.indices)
  let p = 0
  for (let r = 0; r < indices.length; r++) {
    if (!isPlaced(r)) continue
    points.indices[p] = indices[r]!
    points.x[p] = 0.5 + (positions[2 * r]! - (left + right) / 2) / span
    points.y[p] = 0.5 + (positions[2 * r + 1]! - (bottom + top) / 2) / span
    const row = rowOf?.get(indices[r]!)
    if (table && row !== undefined) {
      points.labels[p] = table.labels[row]!
      points.predicted[p] = table.predicted[row]!
      points.confidence[p] = table.confidence[row]!
    }
    p++
  }
  return points
}

function rowsByIndex(indices: Int32Array): ReadonlyMap<number, number> {
  const rows = new Map<number, number>()
  for (let r = 0; r < indices.length; r++) rows.set(indices[r]!, r)
  return rows
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
