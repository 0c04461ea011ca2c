import { VatunError } from '@vatun/core'
import { cooperate, type Pausing } from './cooperate.js'
import { checkFeatures } from './features.js'

/** The nearest other rows of each row. */
export interface Neighbors {
  readonly k: number
  /** `[n, k]` rows, nearest first; of equally near ones the lower row first. */
  readonly rows: Int32Array
  /** `[n, k]` squared Euclidean distances, ascending. */
  readonly squaredDistances: Float64Array
}

/**
 * The exact k nearest neighbours of every row, by comparing all pairs. Of order n²·d.
 *
 * @param features `[n, d]`, C order.
 * @param k 1 … n − 1; a row is not its own neighbour, a duplicate of it is.
 * @throws VatunError `bad-input` for a wrong length, numbers that are not finite, or k out of range.
 */
export async function nearestNeighbors(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
  k: number,
  options: { readonly signal?: AbortSignal } = {},
): Promise<Neighbors> {
  checkFeatures(features, n, d, 'nearestNeighbors')
  if (!Number.isInteger(k) || k < 1 || k >= n)
    throw new VatunError('bad-input', `nearestNeighbors: k is ${k}, expected 1 … ${n - 1} for ${n} rows`)
  return cooperate(neighborsOf(Float64Array.from(features), n, d, k), options.signal)
}

/** Rows whose distances are computed together, so that each other row is loaded once for all of them. */
const BLOCK = 4

/** {@link nearestNeighbors} without checks. */
export function* neighborsOf(values: Float64Array, n: number, d: number, k: number): Pausing<Neighbors> {
  const rows = new Int32Array(n * k)
  const squaredDistances = new Float64Array(n * k)
  const distances = new Float64Array(BLOCK * n)
  for (let first = 0; first < n; first += BLOCK) {
    blockDistances(values, n, d, first, distances)
    for (let row = first; row < Math.min(first + BLOCK, n); row++) {
      const own = distances.subarray((row - first) * n, (row - first + 1) * n)
      own[row] = Number.POSITIVE_INFINITY
      const nearest = smallest(own, k)
      for (let j = 0; j < k; j++) {
        rows[row * k + j] = nearest[j]!
        squaredDistances[row * k + j] = own[nearest[j]!]!
      }
    }
    yield
  }
  return { k, rows, squaredDistances }
}

/** Squared distances of `BLOCK` rows (past the end: of the last row again) to all rows. */
function blockDistances(values: Float64Array, n: number, d: number, first: number, out: Float64Array): void {
  const [a, b, c, e] = [0, 1, 2, 3].map((i) => Math.min(first + i, n - 1) * d) as [number, number, number, number]
  for (let other = 0, o = 0; other < n; other++, o += d) {
    let sa = 0
    let sb = 0
    let sc = 0
    let se = 0
    for (let i = 0; i < d; i++) {
      const value = values[o + i]!
      const da = values[a + i]! - value
      const db = values[b + i]! - value
      const dc = values[c + i]! - value
      const de = values[e + i]! - value
      sa += da * da
      sb += db * db
      sc += dc * dc
      se += de * de
    }
    out[other] = sa
    out[n + other] = sb
    out[2 * n + other] = sc
    out[3 * n + other] = se
  }
}

/** Positions of the k smallest values in ascending order, by a heap whose root is the largest kept so far. */
function smallest(values: Float64Array, k: number): Int32Array {
  const heap = new Int32Array(k)
  const after = (i: number, j: number) => values[i]! > values[j]! || (values[i]! === values[j]! && i > j)
  const sink = (start: number, size: number) => {
    const item = heap[start]!
    let slot = start
    for (let child = 2 * slot + 1; child < size; child = 2 * slot + 1) {
      if (child + 1 < size && after(heap[child + 1]!, heap[child]!)) child++
      if (!after(heap[child]!, item)) break
      heap[slot] = heap[child]!
      slot = child
    }
    heap[slot] = item
  }
  for (let i = 0; i < k; i++) heap[i] = i
  for (let i = (k >> 1) - 1; i >= 0; i--) sink(i, k)
  let bound = values[heap[0]!]!
  for (let i = k; i < values.length; i++) {
    if (values[i]! >= bound) continue
    heap[0] = i
    sink(0, k)
    bound = values[heap[0]!]!
  }
  for (let last = k - 1; last > 0; last--) {
    const largest = heap[0]!
    heap[0] = heap[last]!
    heap[last] = largest
    sink(0, last)
  }
  return heap
}
