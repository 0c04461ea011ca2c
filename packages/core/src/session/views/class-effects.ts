import type { Axis } from '../../augmentation.js'
import { argmax } from '../../predictions.js'
import type { SimulationResult } from '../../simulation.js'
import { pairMeans, pairsOf } from '../../softmax-means.js'
import { wilsonInterval } from '../../wilson-interval.js'

/** One curve over the degrees of a change, with its 95 % interval (NaN where unknown). */
export interface Curve {
  readonly mean: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** What one change does to the images of one class. */
export interface ClassEffect {
  readonly trueClass: number
  /** Seen so far. */
  readonly images: number
  /** Mean softmax of the true class without the change. */
  readonly unchanged: number
  /** `unchanged` minus the mean over all other degrees: how much the change takes away. */
  readonly drop: number
  /**
   * The degree nearest to the identity, on each side, at which the mean softmax of the true class is below 0.5; null when that
   * never happens. Both are the identity itself when the class is below 0.5 unchanged.
   */
  readonly breaksBelow: number | null
  readonly breaksAbove: number | null
}

/** What one change does to all classes. */
export interface AxisEffect {
  readonly images: number
  /** Position of the identity in `degrees`. */
  readonly identity: number
  /** Accuracy over all classes. */
  readonly accuracy: Curve
  /** By class index; classes without an image have NaN. */
  readonly classes: readonly ClassEffect[]
  /** Largest and smallest {@link ClassEffect.drop}. */
  readonly mostAffected: number | null
  readonly leastAffected: number | null
  /** The classes whose breaking degree is nearest to the identity, largest drop first; empty when none breaks. */
  readonly firstToBreak: readonly number[]
}

const known = new WeakMap<SimulationResult, AxisEffect>()

/** Summarises a simulation; computed once per result. */
export function axisEffect(result: SimulationResult): AxisEffect {
  const before = known.get(result)
  if (before) return before
  const identity = nearestDegree(result, result.axis.identity)
  const classes = Array.from({ length: result.classes }, (_, trueClass) => classEffect(result, trueClass, identity))
  const seen = classes.filter(({ drop }) => !Number.isNaN(drop))
  const effect: AxisEffect = {
    images: result.counts.reduce((sum, count) => sum + count, 0),
    identity,
    accuracy: overallAccuracy(result),
    classes,
    mostAffected: best(seen, (a, b) => a.drop > b.drop),
    leastAffected: best(seen, (a, b) => a.drop < b.drop),
    firstToBreak: firstToBreak(seen, result.axis),
  }
  known.set(result, effect)
  return effect
}

/** How far from the identity a class breaks; infinite when it does not. */
export function breakingDistance({ breaksBelow, breaksAbove }: ClassEffect, { identity }: Axis): number {
  return Math.min(
    breaksBelow === null ? Number.POSITIVE_INFINITY : identity - breaksBelow,
    breaksAbove === null ? Number.POSITIVE_INFINITY : breaksAbove - identity,
  )
}

/** Mean softmax of `predicted` for images of `trueClass`, over the degrees. */
export function simulationCurve(result: SimulationResult, trueClass: number, predicted: number): Curve {
  const { mean, halfWidth } = pairMeans(result, trueClass, predicted)
  return symmetricCurve(mean, halfWidth)
}

/** Means with the half width of their intervals. */
export function symmetricCurve(mean: Float64Array, halfWidth: Float64Array): Curve {
  return {
    mean,
    low: mean.map((value, i) => value - halfWidth[i]!),
    high: mean.map((value, i) => value + halfWidth[i]!),
  }
}

/** Accuracy on the images of one class over the degrees, with Wilson's interval. */
export function accuracyCurve(result: SimulationResult, trueClass: number): Curve {
  const start = trueClass * result.degrees.length
  return shareCurve(result.accuracy.subarray(start, start + result.degrees.length), result.counts[trueClass]!)
}

/** The degree at which a curve is lowest, as a position; of equals the one nearest to the identity. */
export function lowestDegree(curve: Curve, { degrees }: SimulationResult, identity: number): number {
  const distance = (i: number) => Math.abs(degrees[i]! - degrees[identity]!)
  return curve.mean.reduce((low, value, i) => {
    const difference = value - curve.mean[low]!
    return difference < 0 || (difference === 0 && distance(i) < distance(low)) ? i : low
  }, identity)
}

const predictedBefore = new WeakMap<SimulationResult, Map<number | null, readonly number[]>>()

/**
 * The class of the highest mean softmax at each degree, -1 where nothing is known; once per result.
 * @param trueClass Null averages over all images.
 */
export function predictedPerDegree(result: SimulationResult, trueClass: number | null): readonly number[] {
  const before = predictedBefore.get(result) ?? new Map<number | null, readonly number[]>()
  predictedBefore.set(result, before)
  const found = before.get(trueClass) ?? findPredicted(result, trueClass)
  before.set(trueClass, found)
  return found
}

function findPredicted(
  { classes, counts, degrees, softmax }: SimulationResult,
  trueClass: number | null,
): readonly number[] {
  const { label, predicted, mean } = softmax
  const D = degrees.length
  const sums = new Float64Array(classes * D)
  const { from, to } = trueClass === null ? { from: 0, to: label.length } : pairsOf(softmax, trueClass)
  for (let pair = from; pair < to; pair++) {
    const count = counts[label[pair]!]!
    if (count === 0) continue
    for (let d = 0; d < D; d++) sums[predicted[pair]! * D + d]! += count * mean[pair * D + d]!
  }
  return degrees.map((_, degree) => {
    const column = Array.from({ length: classes }, (_, predicted) => sums[predicted * degrees.length + degree]!)
    return column.some((value) => value > 0) ? argmax(column) : -1
  })
}

/** Predicted classes worth a line, the true class first, then by their highest mean; at most `count`, none below `least`. */
export function leadingClasses(
  result: SimulationResult,
  trueClass: number,
  count: number,
  least = 0.05,
): readonly number[] {
  const { degrees, softmax } = result
  const D = degrees.length
  const { from, to } = pairsOf(softmax, trueClass)
  const highest = new Map([[trueClass, Number.POSITIVE_INFINITY]])
  for (let pair = from; pair < to; pair++) {
    const predicted = softmax.predicted[pair]!
    if (predicted === trueClass) continue
    let peak = Number.NEGATIVE_INFINITY
    for (let i = pair * D; i < (pair + 1) * D; i++) if (softmax.mean[i]! > peak) peak = softmax.mean[i]!
    if (peak >= least) highest.set(predicted, peak)
  }
  return [...highest.keys()].sort((a, b) => highest.get(b)! - highest.get(a)! || a - b).slice(0, count)
}

function classEffect(result: SimulationResult, trueClass: number, identity: number): ClassEffect {
  const { degrees, counts } = result
  const { mean } = pairMeans(result, trueClass, trueClass)
  const others = mean.filter((_, i) => i !== identity)
  const unchanged = mean[identity]!
  const broken = degrees.filter((_, i) => mean[i]! < 0.5)
  return {
    trueClass,
    images: counts[trueClass]!,
    unchanged,
    drop: others.length === 0 ? 0 : unchanged - others.reduce((sum, value) => sum + value, 0) / others.length,
    breaksBelow: broken.filter((degree) => degree <= degrees[identity]!).at(-1) ?? null,
    breaksAbove: broken.find((degree) => degree >= degrees[identity]!) ?? null,
  }
}

function firstToBreak(seen: readonly ClassEffect[], axis: Axis): readonly number[] {
  const nearest = Math.min(...seen.map((effect) => breakingDistance(effect, axis)))
  return seen
    .filter((effect) => Number.isFinite(nearest) && breakingDistance(effect, axis) === nearest)
    .sort((a, b) => b.drop - a.drop)
    .map(({ trueClass }) => trueClass)
}

function overallAccuracy(result: SimulationResult): Curve {
  const images = result.counts.reduce((sum, count) => sum + count, 0)
  const mean = Float64Array.from(result.degrees, (_, degree) =>
    meanOverClasses(result, (trueClass) => result.accuracy[trueClass * result.degrees.length + degree]!),
  )
  return shareCurve(mean, images)
}

/** Mean over the images of all classes; NaN without images. */
export function meanOverClasses({ counts }: SimulationResult, value: (trueClass: number) => number): number {
  let sum = 0
  let images = 0
  for (const [trueClass, count] of counts.entries()) {
    if (count === 0) continue
    sum += count * value(trueClass)
    images += count
  }
  return images === 0 ? Number.NaN : sum / images
}

function shareCurve(mean: Float64Array, images: number): Curve {
  const intervals = Array.from(mean, (share) =>
    wilsonInterval(Number.isNaN(share) ? Number.NaN : Math.round(share * images), images),
  )
  return {
    mean,
    low: Float64Array.from(intervals, ([low]) => low),
    high: Float64Array.from(intervals, ([, high]) => high),
  }
}

/** Position of the degree nearest to a magnitude. */
export function nearestDegree({ degrees }: Pick<SimulationResult, 'degrees'>, wanted: number): number {
  let nearest = 0
  for (const [i, degree] of degrees.entries())
    if (Math.abs(degree - wanted) < Math.abs(degrees[nearest]! - wanted)) nearest = i
  return nearest
}

function best(effects: readonly ClassEffect[], better: (a: ClassEffect, b: ClassEffect) => boolean): number | null {
  let winner: ClassEffect | undefined
  for (const effect of effects) if (!winner || better(effect, winner)) winner = effect
  return winner?.trueClass ?? null
}
