import { VatunError } from '@vatun/core'
import { checkFeatures } from './features.js'

/**
 * How far the neighbours that a layout shows are neighbours in truth (Venna & Kaski, ICANN 2001):
 *
 * `T(k) = 1 − 2 / (n k (2n − 3k − 1)) · Σ_i Σ_{j among the k nearest of i in the layout} max(0, r(i, j) − k)`
 *
 * where `r(i, j)` is the rank of j among the neighbours of i by Euclidean distance of the features. Of order n²·d, and n² in the layout.
 *
 * @param features `[n, d]`, C order.
 * @param positions `[n, 2]`
 * @param k Neighbours, 1 … less than n / 2. Default 10.
 * @returns 0 … 1, where 1 means that no false neighbour is shown.
 * @throws VatunError `bad-input` for lengths that do not fit, numbers that are not finite, or k out of range.
 */
export function trustworthiness(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
  positions: Float32Array | Float64Array,
  k = 10,
): number {
  checkFeatures(features, n, d, 'trustworthiness')
  checkFeatures(positions, n, 2, 'trustworthiness')
  if (!Number.isInteger(k) || k < 1 || k >= n / 2)
    throw new VatunError('bad-input', `trustworthiness: k is ${k}, expected 1 … less than half of ${n} rows`, {
      details: { k, n },
    })
  const shown = new Float64Array(n)
  const actual = new Float64Array(n)
  let penalty = 0
  for (let i = 0; i < n; i++) {
    distancesFrom(i, positions, n, 2, shown)
    distancesFrom(i, features, n, d, actual)
    const nearest = Int32Array.from(shown.keys()).filter((j) => j !== i)
    nearest.sort((a, b) => shown[a]! - shown[b]! || a - b)
    for (const j of nearest.subarray(0, k)) {
      let rank = 1
      for (let other = 0; other < n; other++)
        if (other !== i && (actual[other]! < actual[j]! || (actual[other] === actual[j] && other < j))) rank++
      penalty += Math.max(0, rank - k)
    }
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1))
}

/** Squared distances of row `i` to all rows. */
function distancesFrom(i: number, rows: Float32Array | Float64Array, n: number, d: number, out: Float64Array): void {
  for (let j = 0; j < n; j++) {
    let sum = 0
    for (let c = 0; c < d; c++) {
      const difference = rows[i * d + c]! - rows[j * d + c]!
      sum += difference * difference
    }
    out[j] = sum
  }
}
