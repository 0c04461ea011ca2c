import type { SimulationResult } from './simulation.js'

/** How the smallest breaking magnitudes of a group of images are distributed. */
export interface BreakingDistribution {
  readonly images: number
  /** Smallest distances from the identity at which images break, ascending; those that never break are not among them. */
  readonly distances: Float64Array
  /** Images that no degree breaks. */
  readonly unbroken: number
  /** The distance that half of the images do not survive; infinite when fewer than half break. NaN without images. */
  readonly median: number
}

/**
 * The distribution of the smallest breaking magnitude, as distance from the identity. `distances[k]` is survived by all but `k + 1` images, so
 * this is the accuracy over the size of the change as well.
 * @param trueClass Without it, over all images.
 */
export function breakingDistribution(
  result: Pick<SimulationResult, 'axis' | 'details'>,
  trueClass?: number,
): BreakingDistribution {
  const distances = breakingDistances(result)
  const label = result.details?.breaking.label ?? []
  return distribute(trueClass === undefined ? distances : distances.filter((_, row) => label[row] === trueClass))
}

/** The distribution of each true class, in one pass. */
export function breakingDistributions(
  result: Pick<SimulationResult, 'axis' | 'details' | 'classes'>,
): readonly BreakingDistribution[] {
  const groups = Array.from({ length: result.classes }, (): number[] => [])
  const label = result.details?.breaking.label
  for (const [row, distance] of breakingDistances(result).entries()) groups[label![row]!]!.push(distance)
  return groups.map((group) => distribute(Float64Array.from(group)))
}

/** `[image]`, as in `details.breaking`: the smallest distance from the identity at which each breaks, infinite where it never does. */
export function breakingDistances({ axis, details }: Pick<SimulationResult, 'axis' | 'details'>): Float64Array {
  if (!details) return new Float64Array(0)
  const { below, above } = details.breaking
  const distance = (size: number): number => (Number.isNaN(size) ? Number.POSITIVE_INFINITY : size)
  return below.map((at, row) => Math.min(distance(axis.identity - at), distance(above[row]! - axis.identity)))
}

function distribute(all: Float64Array): BreakingDistribution {
  const images = all.length
  const distances = all.filter(Number.isFinite).sort()
  return {
    images,
    distances,
    unbroken: images - distances.length,
    median: images === 0 ? Number.NaN : (distances[Math.ceil(images / 2) - 1] ?? Number.POSITIVE_INFINITY),
  }
}
