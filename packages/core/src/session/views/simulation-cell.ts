import { breakingDistances } from '../../breaking-distribution.js'
import type { PredictionTable } from '../../predictions.js'
import type { SimulationResult } from '../../simulation.js'
import { type BreakingHistogram, breakingHistogram } from './breaking-histogram.js'
import { accuracyCurve, axisEffect, lowestDegree, nearestDegree } from './class-effects.js'
import { type Flips, flipsAt } from './simulation-flips.js'
import { type MeasureInfo, measureCurve, simulationMeasures } from './simulation-measures.js'

/** One measure at one degree with its 95 % interval; NaN where unknown. */
export interface MeasuredValue {
  readonly measure: MeasureInfo
  readonly value: number
  readonly low: number
  readonly high: number
}

/** An image that the change harms. */
export interface HarmedImage {
  /** Data set index. */
  readonly index: number
  /** Magnitude at which it is harmed. */
  readonly degree: number
  /** Softmax of the true class unchanged and at that degree, and the predicted class there; absent where only the degree is known. */
  readonly fall?: { readonly unchanged: number; readonly changed: number; readonly predicted: number }
}

/** More about the cell in focus, at one degree. */
export interface SimulationCell {
  /** Position of the degree in `degrees`, and its magnitude. */
  readonly at: number
  readonly degree: number
  /** Seen so far. */
  readonly images: number
  /** Only measures that are known. */
  readonly values: readonly MeasuredValue[]
  /** From the class of the cell, or from all. Null where a simulation has no details, as the two below. */
  readonly flips: Flips | null
  /** Images whose confidence falls most, largest fall first. */
  readonly worst: readonly HarmedImage[] | null
  /** Images that are right unchanged and break nearest to the identity, first to break first. */
  readonly firstToBreak: readonly HarmedImage[] | null
  readonly breaking: BreakingHistogram | null
}

/** Images in {@link SimulationCell.worst} and {@link SimulationCell.firstToBreak}. */
const most = 20

/**
 * What is known of one cell.
 * @param trueClass Null stands for all classes.
 * @param degree Wanted magnitude; null, or one that is not among the degrees, takes that of the lowest accuracy.
 * @returns Null before any image of the class.
 */
export function simulationCell(
  result: SimulationResult,
  trueClass: number | null,
  degree: number | null,
  predictions: PredictionTable | undefined,
): SimulationCell | null {
  const effect = axisEffect(result)
  const { images } = trueClass === null ? effect : effect.classes[trueClass]!
  if (images === 0) return null
  const accuracy = trueClass === null ? effect.accuracy : accuracyCurve(result, trueClass)
  const wanted = degree === null ? -1 : nearestDegree(result, degree)
  const at = result.degrees[wanted] === degree ? wanted : lowestDegree(accuracy, result, effect.identity)
  const { details } = result
  return {
    at,
    degree: result.degrees[at]!,
    images,
    values: simulationMeasures.flatMap((measure): MeasuredValue[] => {
      const curve = measureCurve(result, measure.name, trueClass)
      return curve ? [{ measure, value: curve.mean[at]!, low: curve.low[at]!, high: curve.high[at]! }] : []
    }),
    flips: flipsAt(result, trueClass, at, predictions),
    worst: details ? worstImages(result, trueClass) : null,
    firstToBreak: details ? firstToBreak(result, trueClass) : null,
    breaking: breakingHistogram(result),
  }
}

function worstImages({ degrees, details }: SimulationResult, trueClass: number | null): readonly HarmedImage[] {
  const { index, label, degree, unchanged, changed, predicted } = details!.worst
  return Array.from(index, (image, i) => ({
    index: image,
    label: label[i]!,
    degree: degrees[degree[i]!]!,
    fall: { unchanged: unchanged[i]!, changed: changed[i]!, predicted: predicted[i]! },
  }))
    .filter((image) => trueClass === null || image.label === trueClass)
    .map(({ label: _, ...image }) => image)
    .slice(0, most)
}

function firstToBreak(result: SimulationResult, trueClass: number | null): readonly HarmedImage[] {
  const { index, label, below, above } = result.details!.breaking
  const { identity } = result.axis
  const distances = breakingDistances(result)
  return [...distances.keys()]
    .filter(
      (row) =>
        distances[row]! > 0 && Number.isFinite(distances[row]) && (trueClass === null || label[row] === trueClass),
    )
    .sort((a, b) => distances[a]! - distances[b]! || index[a]! - index[b]!)
    .slice(0, most)
    .map((row) => ({
      index: index[row]!,
      degree: identity - below[row]! === distances[row] ? below[row]! : above[row]!,
    }))
}
