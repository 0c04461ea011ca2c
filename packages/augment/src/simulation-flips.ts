import type { FlipCounts, SimulationResult } from '@vatun/core'

/** Counts of moves from one predicted class to another, by `(from · classes + to) · degrees + degree`, ascending. */
export interface FlipSums {
  readonly keys: Float64Array
  readonly counts: Uint32Array
}

/** Counts moves. */
export function sumFlips(
  flips: readonly (readonly [from: number, to: number, degree: number])[],
  classes: number,
  degrees: number,
): FlipSums {
  const counts = new Map<number, number>()
  for (const [from, to, degree] of flips) {
    const key = (from * classes + to) * degrees + degree
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return ordered(counts)
}

/** The counts of both. */
export function mergeFlips(a: FlipSums, b: FlipSums): FlipSums {
  const counts = new Map(Array.from(a.keys, (key, i) => [key, a.counts[i]!]))
  for (const [i, key] of b.keys.entries()) counts.set(key, (counts.get(key) ?? 0) + b.counts[i]!)
  return ordered(counts)
}

function ordered(counts: ReadonlyMap<number, number>): FlipSums {
  const keys = Float64Array.from(counts.keys()).sort()
  return { keys, counts: Uint32Array.from(keys, (key) => counts.get(key)!) }
}

/** The counts in columns. */
export function flipCountsOf({ keys, counts }: FlipSums, classes: number, degrees: number): FlipCounts {
  return {
    from: Uint16Array.from(keys, (key) => Math.floor(key / degrees / classes)),
    to: Uint16Array.from(keys, (key) => Math.floor(key / degrees) % classes),
    degree: Uint16Array.from(keys, (key) => key % degrees),
    count: counts.slice(),
  }
}

/**
 * What predictions turn into: `[class without the change, class with it]` counts of images in C order, 0 on the diagonal.
 *
 * @param degree Position of a degree; default the one that changes the most predictions, the first of equals.
 */
export function flipMatrix(
  { classes, details }: Pick<SimulationResult, 'classes' | 'details'>,
  degree = worstDegree(details?.flipCounts),
): Uint32Array {
  const matrix = new Uint32Array(classes * classes)
  if (!details) return matrix
  const { from, to, count, degree: degrees } = details.flipCounts
  for (const [i, d] of degrees.entries()) if (d === degree) matrix[from[i]! * classes + to[i]!] = count[i]!
  return matrix
}

function worstDegree(flips: FlipCounts | undefined): number {
  const totals: number[] = []
  for (const [i, d] of flips?.degree.entries() ?? []) totals[d] = (totals[d] ?? 0) + flips!.count[i]!
  return totals.reduce((worst, total, d) => (total > (totals[worst] ?? 0) ? d : worst), 0)
}
