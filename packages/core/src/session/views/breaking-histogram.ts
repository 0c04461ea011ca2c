import { type BreakingDistribution, breakingDistribution, breakingDistributions } from '../../breaking-distribution.js'
import type { SimulationResult } from '../../simulation.js'

/** How far the images of one class can be changed. */
export interface BreakingRow {
  /** Null stands for all classes. */
  readonly trueClass: number | null
  readonly images: number
  /** Images by the bin in which they break, and those that never break at the end. */
  readonly counts: readonly number[]
  /** Distance that half of the images do not survive; infinite when fewer than half break. */
  readonly median: number
}

/** At which distances from the identity images break. */
export interface BreakingHistogram {
  /**
   * Upper ends of the bins, ascending: the distances of the degrees. The first is 0, for images that are wrong unchanged; an image is in the first
   * bin that its distance does not exceed.
   */
  readonly ends: readonly number[]
  /** All classes. */
  readonly all: BreakingRow
  /** `[true class]`. */
  readonly classes: readonly BreakingRow[]
}

const known = new WeakMap<SimulationResult, BreakingHistogram>()

/** Counts where images break; once per result. @returns Null for a simulation without details. */
export function breakingHistogram(result: SimulationResult): BreakingHistogram | null {
  if (!result.details) return null
  const before = known.get(result)
  if (before) return before
  const ends = distancesOf(result)
  const histogram = {
    ends,
    all: rowOf(null, breakingDistribution(result), ends),
    classes: breakingDistributions(result).map((own, trueClass) => rowOf(trueClass, own, ends)),
  }
  known.set(result, histogram)
  return histogram
}

/** Distances of the degrees from the identity, 0 among them. Equal ones on both sides may differ in the last bits. */
function distancesOf({ degrees, axis }: SimulationResult): number[] {
  const sorted = [0, ...degrees.map((degree) => Math.abs(degree - axis.identity))].sort((a, b) => a - b)
  const least = sorted.at(-1)! * 1e-9
  return sorted.filter((distance, i) => i === 0 || distance - sorted[i - 1]! > least)
}

function rowOf(trueClass: number | null, own: BreakingDistribution, ends: readonly number[]): BreakingRow {
  const counts = [...ends.map(() => 0), own.unbroken]
  const least = ends.at(-1)! * 1e-9
  let bin = 0
  for (const distance of own.distances) {
    while (bin < ends.length - 1 && distance > ends[bin]! + least) bin++
    counts[bin]!++
  }
  return { trueClass, images: own.images, counts, median: own.median }
}
