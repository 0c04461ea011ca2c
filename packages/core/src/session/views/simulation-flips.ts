import type { PredictionTable } from '../../predictions.js'
import type { SimulationResult } from '../../simulation.js'
import { wilsonInterval } from '../../wilson-interval.js'

/** Images that a change moves from one predicted class to another. */
export interface FlipMove {
  readonly from: number
  readonly to: number
  readonly count: number
  /** `count` of {@link Flips.images}, with its 95 % interval by Wilson; NaN where those are not known. */
  readonly share: number
  readonly low: number
  readonly high: number
}

/** What predictions turn into at one degree. */
export interface Flips {
  /** Images that are predicted as the class without the change, or all images; null while the predictions are not known. */
  readonly images: number | null
  readonly flipped: number
  /** Most frequent first. */
  readonly moves: readonly FlipMove[]
}

/**
 * What predictions turn into at one degree.
 * @param from Predicted class without the change; null takes all.
 * @returns Null for a simulation without details.
 */
export function flipsAt(
  result: SimulationResult,
  from: number | null,
  degree: number,
  predictions: PredictionTable | undefined,
): Flips | null {
  const counts = result.details?.flipCounts
  if (!counts) return null
  const found = [...counts.degree.keys()].filter(
    (i) => counts.degree[i] === degree && (from === null || counts.from[i] === from),
  )
  const flipped = found.reduce((sum, i) => sum + counts.count[i]!, 0)
  const images = from === null ? result.details.breaking.index.length : predictedAs(from, result, predictions)
  const moves = found.map((i): FlipMove => {
    const count = counts.count[i]!
    const [low, high] = images === null ? [Number.NaN, Number.NaN] : wilsonInterval(count, images)
    return {
      from: counts.from[i]!,
      to: counts.to[i]!,
      count,
      share: images === null ? Number.NaN : count / images,
      low,
      high,
    }
  })
  return { images, flipped, moves: moves.sort((a, b) => b.count - a.count || a.from - b.from || a.to - b.to) }
}

const known = new WeakMap<PredictionTable, Map<number, number>>()

/** Images simulated so far whose prediction without the change is this class; null when one of them has not been predicted. */
function predictedAs(
  predicted: number,
  { details }: SimulationResult,
  predictions: PredictionTable | undefined,
): number | null {
  if (!details || !predictions) return null
  let rows = known.get(predictions)
  if (!rows) {
    rows = new Map(Array.from(predictions.indices, (index, row) => [index, predictions.predicted[row]!]))
    known.set(predictions, rows)
  }
  let images = 0
  for (const index of details.breaking.index) {
    const own = rows.get(index)
    if (own === undefined) return null
    if (own === predicted) images++
  }
  return images
}
