/** 97.5 % quantile of the normal distribution: half the width of its 95 % interval, in standard deviations. */
export const normalQuantile = 1.959963984540054

/**
 * The 95 % score interval of a share (Wilson 1927, "Probable inference, the law of succession, and statistical inference"). It stays within
 * 0…1, and says something also when no image or every image counts.
 * @returns `[low, high]`, NaN for n = 0.
 */
export function wilsonInterval(successes: number, n: number): readonly [number, number] {
  if (n === 0) return [Number.NaN, Number.NaN]
  const z = normalQuantile
  const share = successes / n
  const centre = (share + z ** 2 / (2 * n)) / (1 + z ** 2 / n)
  const half = (z / (1 + z ** 2 / n)) * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2))
  // Exact at the ends, where rounding would leave a trace.
  return [successes === 0 ? 0 : centre - half, successes === n ? 1 : centre + half]
}
