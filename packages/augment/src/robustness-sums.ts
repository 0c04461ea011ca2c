import { argmax, type RobustnessCurves, wilsonInterval } from '@vatun/core'
import { emptyMeans, emptyRates, meanHalfWidth } from './intervals.js'

/**
 * Probabilities are rounded to multiples of 2⁻³² (2.3e-10, far below their own error) so that up to 2²¹ images a class add up without
 * rounding: merging is associative to the bit.
 */
export const unit = 2 ** -32

/** A value in whole multiples of {@link unit}. */
export function toUnits(value: number): number {
  return Math.round(value / unit)
}

/** Sums over some images, one entry a degree (or a cell of a grid). Whole numbers, so that adding them is exact. */
export interface RobustnessSums {
  readonly images: number
  /** Images predicted as labelled. */
  readonly correct: Float64Array
  /** Images predicted otherwise than without the change. */
  readonly flipped: Float64Array
  /** Softmax of the true class, and its square, in units of 2⁻³². */
  readonly confidences: Float64Array
  readonly confidenceSquares: Float64Array
  /** Softmax of the true class minus the highest other one, and its square, in units of 2⁻³². */
  readonly margins: Float64Array
  readonly marginSquares: Float64Array
}

const arrays = [
  'correct',
  'flipped',
  'confidences',
  'confidenceSquares',
  'margins',
  'marginSquares',
] as const satisfies readonly (keyof RobustnessSums)[]

/** Sums of nothing. */
export function noSums(images: number, entries: number): RobustnessSums {
  const zeros = () => new Float64Array(entries)
  return {
    images,
    correct: zeros(),
    flipped: zeros(),
    confidences: zeros(),
    confidenceSquares: zeros(),
    margins: zeros(),
    marginSquares: zeros(),
  }
}

/** Adds one image in place: its softmax row starts at `offset`. @returns the predicted class */
export function addPrediction(
  sums: RobustnessSums,
  entry: number,
  label: number,
  unchanged: number,
  probabilities: Float32Array,
  offset: number,
  classes: number,
): number {
  const predicted = argmax(probabilities, offset, classes)
  if (predicted === label) sums.correct[entry]!++
  if (predicted !== unchanged) sums.flipped[entry]!++
  const confidence = probabilities[offset + label]!
  let rival = 0
  for (let c = 0; c < classes; c++)
    if (c !== label && probabilities[offset + c]! > rival) rival = probabilities[offset + c]!
  const margin = confidence - rival
  sums.confidences[entry]! += toUnits(confidence)
  sums.confidenceSquares[entry]! += toUnits(confidence ** 2)
  sums.margins[entry]! += toUnits(margin)
  sums.marginSquares[entry]! += toUnits(margin ** 2)
  return predicted
}

/** The sums over both, exact. */
export function addSums(a: RobustnessSums, b: RobustnessSums): RobustnessSums {
  const total = noSums(a.images + b.images, a.correct.length)
  for (const name of arrays) for (let i = 0; i < total[name].length; i++) total[name][i] = a[name][i]! + b[name][i]!
  return total
}

/** Shares and means of each group, one group after the other; groups that are missing have NaN. */
export function curvesOf(groups: readonly (RobustnessSums | undefined)[], entries: number): RobustnessCurves {
  const length = groups.length * entries
  const curves = {
    accuracy: emptyRates(length),
    flips: emptyRates(length),
    confidence: emptyMeans(length),
    margin: emptyMeans(length),
  }
  for (const [g, group] of groups.entries()) {
    if (!group || group.images === 0) continue
    const n = group.images
    for (let e = 0; e < entries; e++) {
      const at = g * entries + e
      for (const [name, counts] of [
        ['accuracy', group.correct],
        ['flips', group.flipped],
      ] as const) {
        const { rate, low, high } = curves[name]
        rate[at] = counts[e]! / n
        ;[low[at], high[at]] = wilsonInterval(counts[e]!, n)
      }
      for (const [name, sums, squares] of [
        ['confidence', group.confidences, group.confidenceSquares],
        ['margin', group.margins, group.marginSquares],
      ] as const) {
        const { mean, halfWidth } = curves[name]
        mean[at] = (sums[e]! * unit) / n
        halfWidth[at] = meanHalfWidth(mean[at]!, squares[e]! * unit, n)
      }
    }
  }
  return curves
}

/** Curves per true class and over all, from the sums of the classes that occur. */
export function curvesByClass(
  sums: readonly (RobustnessSums & { readonly label: number })[],
  classes: number,
  entries: number,
): { readonly perClass: RobustnessCurves; readonly overall: RobustnessCurves } {
  const byLabel = new Map<number, RobustnessSums>(sums.map((own) => [own.label, own]))
  const groups = Array.from({ length: classes }, (_, label) => byLabel.get(label))
  const all = sums.reduce<RobustnessSums>(addSums, noSums(0, entries))
  return { perClass: curvesOf(groups, entries), overall: curvesOf([all], entries) }
}

/** Merges lists that are ascending by class, exact. Classes that only one of them has are shared, not copied. */
export function mergeByLabel<S extends { readonly label: number }>(
  a: readonly S[],
  b: readonly S[],
  add: (a: S, b: S) => S,
): readonly S[] {
  const merged = new Map(a.map((own) => [own.label, own]))
  for (const own of b) {
    const other = merged.get(own.label)
    merged.set(own.label, other ? add(other, own) : own)
  }
  return [...merged.values()].sort((x, y) => x.label - y.label)
}
