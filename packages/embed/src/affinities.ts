import type { Pausing } from './cooperate.js'
import type { Neighbors } from './neighbors.js'

/** A sparse symmetric matrix of probabilities that sum to 1, row by row (CSR). */
export interface Affinities {
  /** `[n + 1]` where the entries of each row begin. */
  readonly starts: Int32Array
  /** Columns of the entries, ascending within a row. */
  readonly columns: Int32Array
  readonly values: Float64Array
}

/**
 * How likely t-SNE takes two points for neighbours: gaussian weights over the nearest neighbours of each point, as wide as it
 * takes for `perplexity` effective neighbours, made symmetric: `p_ij = (p_j|i + p_i|j) / 2n` (van der Maaten & Hinton,
 * JMLR 2008, eq. 1; sparse as in van der Maaten, JMLR 2014, eq. 6–7).
 */
export function* affinitiesOf(neighbors: Neighbors, n: number, perplexity: number): Pausing<Affinities> {
  const { k, rows, squaredDistances } = neighbors
  const weights = new Float64Array(n * k)
  for (let row = 0; row < n; row++) {
    const range = [row * k, (row + 1) * k] as const
    gaussianWeights(squaredDistances.subarray(...range), Math.log(perplexity), weights.subarray(...range))
    if (row % 64 === 0) yield
  }
  return symmetric(rows, weights, n, k)
}

/** Writes weights that sum to 1 and whose entropy (nats) is the wanted one as nearly as the distances allow. */
function gaussianWeights(squared: Float64Array, entropy: number, out: Float64Array): void {
  const nearest = squared[0]!
  const mean = squared.reduce((sum, value) => sum + value - nearest, 0) / squared.length
  // The precision in units of the row's own distances: the search does not depend on the scale of the features.
  let beta = mean > 0 ? 1 / mean : 0
  let low = 0
  let high = Number.POSITIVE_INFINITY
  for (let step = 0; step < 100; step++) {
    let sum = 0
    let weighted = 0
    for (let j = 0; j < squared.length; j++) {
      const excess = squared[j]! - nearest
      const weight = Math.exp(-beta * excess)
      out[j] = weight
      sum += weight
      weighted += weight * excess
    }
    for (let j = 0; j < out.length; j++) out[j]! /= sum
    const difference = Math.log(sum) + (beta * weighted) / sum - entropy
    if (mean === 0 || Math.abs(difference) < 1e-6) return
    if (difference > 0) low = beta
    else high = beta
    beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (low + high) / 2
  }
}

/** `(W + Wᵀ) / 2n` of the matrix with weights `[n, k]` in the columns `rows`. */
function symmetric(rows: Int32Array, weights: Float64Array, n: number, k: number): Affinities {
  const starts = Int32Array.from({ length: n + 1 }, (_, i) => i * k)
  // Transposing sorts: once for Wᵀ, twice for W with ascending columns.
  const flipped = transposed({ starts, columns: rows, values: weights }, n)
  return merged(transposed(flipped, n), flipped, n)
}

function transposed({ starts, columns, values }: Affinities, n: number): Affinities {
  const filled = new Int32Array(n + 1)
  for (const column of columns) filled[column + 1]!++
  for (let i = 0; i < n; i++) filled[i + 1]! += filled[i]!
  const result = {
    starts: filled.slice(),
    columns: new Int32Array(columns.length),
    values: new Float64Array(values.length),
  }
  for (let row = 0; row < n; row++)
    for (let e = starts[row]!; e < starts[row + 1]!; e++) {
      const slot = filled[columns[e]!]!++
      result.columns[slot] = row
      result.values[slot] = values[e]!
    }
  return result
}

/** `(a + b) / 2n`, entry by entry. */
function merged(a: Affinities, b: Affinities, n: number): Affinities {
  const starts = new Int32Array(n + 1)
  const columns = new Int32Array(a.columns.length + b.columns.length)
  const values = new Float64Array(columns.length)
  let size = 0
  for (let row = 0; row < n; row++) {
    let i = a.starts[row]!
    let j = b.starts[row]!
    while (i < a.starts[row + 1]! || j < b.starts[row + 1]!) {
      const left = i < a.starts[row + 1]! ? a.columns[i]! : n
      const right = j < b.starts[row + 1]! ? b.columns[j]! : n
      columns[size] = Math.min(left, right)
      values[size++] = ((left <= right ? a.values[i++]! : 0) + (right <= left ? b.values[j++]! : 0)) / (2 * n)
    }
    starts[row + 1] = size
  }
  return { starts, columns: columns.slice(0, size), values: values.slice(0, size) }
}
