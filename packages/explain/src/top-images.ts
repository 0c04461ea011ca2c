import { VatunError } from '@vatun/core'

/** Rows of a survey, strongest first, with their activations in the same order. */
export interface TopRows {
  readonly rows: Int32Array
  readonly activations: Float32Array
}

/**
 * The images that activate a filter most.
 *
 * @param maxima `[n, filters]` spatial maxima, as a survey has them.
 * @param filter Column, counted over all layers.
 * @param count How many rows at most.
 * @returns Rows by descending activation; among equals the lower row first.
 * @throws VatunError `bad-input` for a filter that does not exist or an array that is not `[n, filters]`.
 */
export function topImagesOf(maxima: Float32Array, filters: number, filter: number, count: number): TopRows {
  if (!(Number.isInteger(filters) && filters > 0 && maxima.length % filters === 0))
    throw new VatunError('bad-input', `topImagesOf: ${maxima.length} values do not fill rows of ${filters} filters`)
  if (!(Number.isInteger(filter) && filter >= 0 && filter < filters))
    throw new VatunError('bad-input', `topImagesOf: filter ${filter}, expected 0 to ${filters - 1}`)
  if (!(Number.isInteger(count) && count >= 0))
    throw new VatunError('bad-input', `topImagesOf: count is ${count}, expected a whole number of at least 0`)
  const column = Float32Array.from({ length: maxima.length / filters }, (_, row) => maxima[row * filters + filter]!)
  const rows = Int32Array.from(column.keys())
    .sort((a, b) => column[b]! - column[a]! || a - b)
    .slice(0, count)
  return { rows, activations: Float32Array.from(rows, (row) => column[row]!) }
}
