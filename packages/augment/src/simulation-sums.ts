import { type Axis, argmax, type SimulationResult, VatunError } from '@vatun/core'

/** Sums over the images of one true class. Whole numbers, so that adding them is exact. */
export interface ClassSums {
  /** True class. */
  readonly label: number
  readonly images: number
  /** `[predicted class, degree]` sum of softmax probabilities, in units of 2⁻³². */
  readonly sums: Float64Array
  /** Same shape: sum of their squares, in units of 2⁻³². */
  readonly squares: Float64Array
  /** `[degree]` images predicted as labelled. */
  readonly correct: Float64Array
}

/** Sums over the images of a shard, for the true classes in it, labels ascending: a shard of a thousand classes stays small. */
export interface SimulationPartial {
  readonly classes: number
  readonly sums: readonly ClassSums[]
}

/**
 * Probabilities are rounded to multiples of 2⁻³² (2.3e-10, far below their own error) so that up to 2²¹ images a class add up without
 * rounding: merging is associative to the bit.
 */
const unit = 2 ** -32

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054

/** Sums of nothing, one for each label that occurs. */
export function emptySums(labels: readonly number[], classes: number, degrees: number): SimulationPartial {
  const occurring = [...new Set(labels)].sort((a, b) => a - b)
  const sums = occurring.map((label) => ({
    label,
    images: labels.filter((l) => l === label).length,
    sums: new Float64Array(classes * degrees),
    squares: new Float64Array(classes * degrees),
    correct: new Float64Array(degrees),
  }))
  return { classes, sums }
}

/** Adds softmax rows `[n, classes]` of one degree in place; `labels` has one true class a row. */
export function addRows(
  { classes, sums }: SimulationPartial,
  labels: readonly number[],
  degree: number,
  probabilities: Float32Array,
): void {
  if (probabilities.length !== labels.length * classes)
    throw new VatunError('bad-input', `simulation: the model does not give ${classes} probabilities, one a class name`)
  const byLabel = new Map(sums.map((s) => [s.label, s]))
  for (const [row, label] of labels.entries()) {
    const own = byLabel.get(label)!
    const degrees = own.correct.length
    if (argmax(probabilities, row * classes, classes) === label) own.correct[degree]!++
    for (let c = 0; c < classes; c++) {
      const p = probabilities[row * classes + c]!
      own.sums[c * degrees + degree]! += Math.round(p / unit)
      own.squares[c * degrees + degree]! += Math.round((p * p) / unit)
    }
  }
}

/** The sums over both, exact. Classes that only one of them has are shared, not copied. */
export function mergeSums(a: SimulationPartial, b: SimulationPartial): SimulationPartial {
  const merged = new Map(a.sums.map((s) => [s.label, s]))
  for (const s of b.sums) {
    const other = merged.get(s.label)
    merged.set(s.label, other ? addSums(other, s) : s)
  }
  return { classes: a.classes, sums: [...merged.values()].sort((x, y) => x.label - y.label) }
}

function addSums(a: ClassSums, b: ClassSums): ClassSums {
  const add = (x: Float64Array, y: Float64Array) => x.map((value, i) => value + y[i]!)
  return {
    label: a.label,
    images: a.images + b.images,
    sums: add(a.sums, b.sums),
    squares: add(a.squares, b.squares),
    correct: add(a.correct, b.correct),
  }
}

/** Means, the half widths of their 95 % intervals, and accuracies; NaN where there are no images, or too few to spread. */
export function summarise({ classes, sums }: SimulationPartial, axis: Axis): SimulationResult {
  const degrees = axis.degrees.length
  const size = classes * degrees
  const counts = new Uint32Array(classes)
  const mean = new Float64Array(classes * size).fill(Number.NaN)
  const halfWidth = new Float64Array(classes * size).fill(Number.NaN)
  const accuracy = new Float64Array(classes * degrees).fill(Number.NaN)
  for (const { label, images: n, ...own } of sums) {
    counts[label] = n
    for (let d = 0; d < degrees; d++) accuracy[label * degrees + d] = own.correct[d]! / n
    for (let i = 0; i < size; i++) {
      const average = (own.sums[i]! * unit) / n
      mean[label * size + i] = average
      if (n < 2) continue
      const variance = Math.max(0, (own.squares[i]! * unit - n * average ** 2) / (n - 1))
      halfWidth[label * size + i] = z * Math.sqrt(variance / n)
    }
  }
  return { axis, degrees: axis.degrees, classes, counts, mean, halfWidth, accuracy }
}
