import type { Means, Rates } from '@vatun/core'

/** 97.5 % quantile of the normal distribution. */
export const z = 1.959963984540054

/**
 * The 95 % score interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference"). It stays within
 * 0…1, and says something also when no image or every image counts.
 * @returns `[low, high]`, NaN for n = 0.
 */
export function wilsonInterval(successes: number, n: number): readonly [number, number] {
  if (n === 0) return [Number.NaN, Number.NaN]
  const share = successes / n
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n)
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))
  // Exact at the ends, where rounding would leave a trace.
  return [successes === 0 ? 0 : centre - half, successes === n ? 1 : centre + half]
}

/** Half width of the normal 95 % interval of a mean, `1.96 · s / √n` with the sample standard deviation; NaN below two. */
export function meanHalfWidth(mean: number, sumOfSquares: number, n: number): number {
  if (n < 2) return Number.NaN
  return z * Math.sqrt(Math.max(0, (sumOfSquares - n * mean ** 2) / (n - 1)) / n)
}

/** Arrays to write shares to, NaN so far. */
export function emptyRates(length: number): Rates {
  const nan = () => new Float64Array(length).fill(Number.NaN)
  return { rate: nan(), low: nan(), high: nan() }
}

/** Arrays to write means to, NaN so far. */
export function emptyMeans(length: number): Means {
  const nan = () => new Float64Array(length).fill(Number.NaN)
  return { mean: nan(), halfWidth: nan() }
}
