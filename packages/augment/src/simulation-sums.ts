import { argmax, type SimulationResult, type SoftmaxMeans, VatunError } from '@vatun/core'
import { meanHalfWidth } from './intervals.js'
import {
  addPrediction,
  addSums,
  curvesByClass,
  mergeByLabel,
  noSums,
  type RobustnessSums,
  toUnits,
  unit,
} from './robustness-sums.js'
import { type BreakingSums, mergeBreaking } from './simulation-breaking.js'
import { type FlipSums, flipCountsOf, mergeFlips, sumFlips } from './simulation-flips.js'
import { columnsOfWorst, mergeWorst, type WorstImage } from './simulation-worst.js'

/** Sums over the images of one true class. */
export interface ClassSums extends RobustnessSums {
  /** True class. */
  readonly label: number
  /** Predicted classes that any of the images gives a probability, ascending: of a thousand classes these are few. */
  readonly predicted: Uint16Array
  /** `[predicted, degree]` sum of softmax probabilities, in units of 2⁻³². */
  readonly sums: Float64Array
  /** Same shape: sum of their squares, in units of 2⁻³². */
  readonly squares: Float64Array
}

/** What is known of the images of a shard; labels of `sums` ascending, for the true classes in it only. */
export interface SimulationPartial {
  readonly classes: number
  readonly sums: readonly ClassSums[]
  readonly flips: FlipSums
  /** Largest drop first. */
  readonly worst: readonly WorstImage[]
  readonly breaking: BreakingSums
}

/** Images under every degree of a change. */
export interface SimulatedBatch {
  /** `[n]` data set indices. */
  readonly indices: readonly number[]
  /** `[n]` true classes. */
  readonly labels: readonly number[]
  readonly classes: number
  /** `[n, classes]` softmax without the change. */
  readonly unchanged: Float32Array
  /** `[degree][n, classes]` softmax. */
  readonly probabilities: readonly Float32Array[]
  /** `[n]` nearest breaking magnitudes on each side of the identity, NaN when there are none. */
  readonly below: readonly number[]
  readonly above: readonly number[]
}

/**
 * With more than a hundred classes, probabilities below 2⁻¹⁰ count as 0: the tail of the softmax tells nothing, and would be nearly all of a
 * partial. A mean is too small by less than that.
 */
export function leastProbability(classes: number): number {
  return classes > 100 ? 2 ** -10 : 0
}

/** The partial of one batch. `worstCount` images are kept as the worst. */
export function sumBatch(batch: SimulatedBatch, worstCount: number): SimulationPartial {
  const { indices, labels, classes, unchanged, probabilities, below, above } = batch
  for (const rows of [unchanged, ...probabilities])
    if (rows.length !== labels.length * classes)
      throw new VatunError(
        'bad-input',
        `simulation: the model does not give ${classes} probabilities, one a class name`,
      )
  const degrees = probabilities.length
  const least = leastProbability(classes)
  const dense = new Map(
    [...new Set(labels)].map((label) => [
      label,
      {
        ...noSums(labels.filter((l) => l === label).length, degrees),
        sums: new Float64Array(classes * degrees),
        squares: new Float64Array(classes * degrees),
      },
    ]),
  )
  const worst: WorstImage[] = []
  const flips: (readonly [from: number, to: number, degree: number])[] = []
  for (const [row, label] of labels.entries()) {
    const own = dense.get(label)!
    const offset = row * classes
    const before = argmax(unchanged, offset, classes)
    const confidence = unchanged[offset + label]!
    let lowest = { changed: confidence, degree: -1, predicted: before }
    for (const [d, rows] of probabilities.entries()) {
      const predicted = addPrediction(own, d, label, before, rows, offset, classes)
      if (predicted !== before) flips.push([before, predicted, d])
      const changed = rows[offset + label]!
      if (changed < lowest.changed) lowest = { changed, degree: d, predicted }
      for (let c = 0; c < classes; c++) {
        const p = rows[offset + c]!
        if (p < least) continue
        own.sums[c * degrees + d]! += toUnits(p)
        own.squares[c * degrees + d]! += toUnits(p * p)
      }
    }
    if (lowest.degree >= 0) worst.push({ index: indices[row]!, label, unchanged: confidence, ...lowest })
  }
  const sums = [...dense].map(([label, own]) => compact({ ...own, label }, classes, degrees))
  return {
    classes,
    sums: sums.sort((a, b) => a.label - b.label),
    flips: sumFlips(flips, classes, degrees),
    worst: mergeWorst(worst, [], worstCount),
    breaking: mergeBreaking(
      ...indices.map((index, row) => ({
        index: Int32Array.of(index),
        label: Uint16Array.of(labels[row]!),
        below: Float64Array.of(below[row]!),
        above: Float64Array.of(above[row]!),
      })),
    ),
  }
}

/** Leaves out predicted classes without any probability. */
function compact(own: Omit<ClassSums, 'predicted'>, classes: number, degrees: number): ClassSums {
  const predicted = Array.from({ length: classes }, (_, c) => c).filter((c) =>
    own.sums.subarray(c * degrees, (c + 1) * degrees).some((sum) => sum !== 0),
  )
  if (predicted.length === classes) return { ...own, predicted: Uint16Array.from(predicted) }
  const pick = (values: Float64Array) => {
    const picked = new Float64Array(predicted.length * degrees)
    for (const [k, c] of predicted.entries()) picked.set(values.subarray(c * degrees, (c + 1) * degrees), k * degrees)
    return picked
  }
  return { ...own, predicted: Uint16Array.from(predicted), sums: pick(own.sums), squares: pick(own.squares) }
}

/** The partial of both, exact: the same to the bit in any order and grouping. */
export function mergeSimulations(a: SimulationPartial, b: SimulationPartial, worstCount: number): SimulationPartial {
  return {
    classes: a.classes,
    sums: mergeByLabel(a.sums, b.sums, addClassSums),
    flips: mergeFlips(a.flips, b.flips),
    worst: mergeWorst(a.worst, b.worst, worstCount),
    breaking: mergeBreaking(a.breaking, b.breaking),
  }
}

function addClassSums(a: ClassSums, b: ClassSums): ClassSums {
  const degrees = a.correct.length
  const predicted = Uint16Array.from(new Set([...a.predicted, ...b.predicted])).sort()
  const rowOf = new Map(Array.from(predicted, (c, row) => [c, row]))
  const sums = new Float64Array(predicted.length * degrees)
  const squares = new Float64Array(predicted.length * degrees)
  for (const part of [a, b])
    for (const [k, c] of part.predicted.entries()) {
      const to = rowOf.get(c)! * degrees
      for (let d = 0; d < degrees; d++) {
        sums[to + d]! += part.sums[k * degrees + d]!
        squares[to + d]! += part.squares[k * degrees + d]!
      }
    }
  return { ...addSums(a, b), label: a.label, predicted, sums, squares }
}

/** Means, shares and their intervals; NaN where there are no images, or too few to spread. */
export function summarise(
  partial: SimulationPartial,
  degrees: number,
): Omit<SimulationResult, 'axis' | 'degrees' | 'details'> & Required<Pick<SimulationResult, 'details'>> {
  const { classes, sums, flips, worst, breaking } = partial
  const counts = new Uint32Array(classes)
  for (const { label, images } of sums) counts[label] = images
  const curves = curvesByClass(sums, classes, degrees)
  return {
    classes,
    counts,
    softmax: softmaxMeans(sums, degrees),
    accuracy: curves.perClass.accuracy.rate,
    details: { ...curves, flipCounts: flipCountsOf(flips, classes, degrees), worst: columnsOfWorst(worst), breaking },
  }
}

/** Means of the pairs that have any probability, and of each true class with itself. */
function softmaxMeans(sums: readonly ClassSums[], degrees: number): SoftmaxMeans {
  const pairs = sums.flatMap((own) => {
    const rowOf = new Map(Array.from(own.predicted, (c, row) => [c, row]))
    const listed = rowOf.has(own.label) ? own.predicted : Uint16Array.of(...own.predicted, own.label).sort()
    return Array.from(listed, (predicted) => ({ own, predicted, row: rowOf.get(predicted) }))
  })
  const mean = new Float64Array(pairs.length * degrees)
  const halfWidth = new Float64Array(pairs.length * degrees)
  for (const [pair, { own, row }] of pairs.entries())
    for (let d = 0; d < degrees; d++) {
      const at = pair * degrees + d
      const [sum, squares] =
        row === undefined ? [0, 0] : [own.sums[row * degrees + d]!, own.squares[row * degrees + d]!]
      mean[at] = (sum * unit) / own.images
      halfWidth[at] = meanHalfWidth(mean[at]!, squares * unit, own.images)
    }
  return {
    label: Uint16Array.from(pairs, ({ own }) => own.label),
    predicted: Uint16Array.from(pairs, ({ predicted }) => predicted),
    mean,
    halfWidth,
  }
}
