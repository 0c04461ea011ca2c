import { type Means, normalQuantile, type Rates } from '@vatun/core'

/** Half width of the normal 95 % interval of a mean, `1.96 · s / √n` with the sample standard deviation; NaN below two. */
export function meanHalfWidth(mean: number, sumOfSquares: number, n: number): number {
  if (n < 2) return Number.NaN
  return normalQuantile * Math.sqrt(Math.max(0, (sumOfSquares - n * mean ** 2) / (n - 1)) / n)
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
