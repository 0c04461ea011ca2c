import { VatunError } from '@vatun/core'

/** Refuses anything but `n × d` finite numbers. @throws VatunError `bad-input` */
export function checkFeatures(features: Float32Array | Float64Array, n: number, d: number, where: string): void {
  for (const [name, value, least] of [
    ['n', n, 0],
    ['d', d, 1],
  ] as const)
    if (!Number.isInteger(value) || value < least)
      throw new VatunError('bad-input', `${where}: ${name} is ${value}, expected a whole number of at least ${least}`)
  if (features.length !== n * d)
    throw new VatunError('bad-input', `${where}: ${features.length} numbers given, expected n × d = ${n} × ${d}`, {
      details: { length: features.length, n, d },
    })
  const bad = features.findIndex((value) => !Number.isFinite(value))
  if (bad >= 0)
    throw new VatunError(
      'bad-input',
      `${where}: feature ${bad % d} of row ${Math.floor(bad / d)} is ${features[bad]}, expected finite numbers`,
      { details: { row: Math.floor(bad / d), feature: bad % d } },
    )
}

/**
 * The features about their mean, divided by their root mean square, so that results do not depend on the unit of the features.
 * All zeros if the rows are all equal. `variance` is the mean squared distance from the mean row, in the original unit.
 */
export function centred(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
): { readonly values: Float64Array; readonly variance: number } {
  const mean = new Float64Array(d)
  // Differences to the first row: exact where rows are equal, and no large offset eats the digits.
  const values = Float64Array.from(features, (value, i) => value - features[i % d]!)
  for (let i = 0; i < values.length; i++) mean[i % d]! += values[i]! / n
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    values[i]! -= mean[i % d]!
    sum += values[i]! ** 2
  }
  const scale = sum > 0 ? Math.sqrt(n / sum) : 0
  for (let i = 0; i < values.length; i++) values[i]! *= scale
  return { values, variance: n > 0 ? sum / n : 0 }
}
