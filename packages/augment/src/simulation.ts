import {
  type Analysis,
  type Axis,
  argmax,
  type Classifier,
  type SimulationResult,
  toTensor,
  VatunError,
} from '@vatun/core'
import { batchSize, predictDegrees } from './predict-degrees.js'
import { findAugmentation, readValues } from './registry.js'

/** Sums over the images of a shard; the shapes follow {@link SimulationResult}. Whole numbers, so that adding them is exact. */
export interface SimulationPartial {
  /** `[true class]` images. */
  readonly counts: Float64Array
  /** `[true class, predicted class, degree]` sum of softmax probabilities, in units of 2⁻³². */
  readonly sums: Float64Array
  /** Same shape: sum of their squares, in units of 2⁻³². */
  readonly squares: Float64Array
  /** `[true class, degree]` images predicted as labelled. */
  readonly correct: Float64Array
}

/**
 * Probabilities are rounded to multiples of 2⁻³² (2.3e-10, far below their own error) so that up to 2²¹ images a class add up without
 * rounding: merging is associative to the bit.
 */
const unit = 2 ** -32

/** 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054

/**
 * How the mean prediction of each true class moves over the degrees of one change: the paper's statistical result on data set level.
 *
 * Means, accuracies and the half width `1.96 · s / √n` of the normal 95 % interval of each mean, with the sample standard deviation `s`.
 * Attacks start from the true label; their gradient is computed once an image and serves all degrees.
 *
 * @throws VatunError `not-found` or `bad-input` for an axis that no augmentation can apply.
 */
export function simulation(axis: Axis): Analysis<SimulationPartial, SimulationResult> {
  checkAxis(axis)
  const degrees = axis.degrees.length
  return {
    spec: { name: 'simulation', params: { axis } },
    async partial({ classifier, dataset, signal }, indices) {
      const partial = emptyPartial(classifier.info.classNames.length, degrees)
      for (let first = 0; first < indices.length; first += batchSize) {
        signal.throwIfAborted()
        const batch = indices.slice(first, first + batchSize)
        const labels = batch.map((index) => checkLabel(dataset.label(index), index, classifier))
        const images = toTensor(await dataset.images(batch))
        try {
          await predictDegrees({ classifier, images, axis, labels, signal }, (degree, probabilities, classes) =>
            addRows(partial, labels, degree, degrees, probabilities, classes),
          )
        } finally {
          images.dispose()
        }
      }
      return partial
    },
    merge: (a, b) => ({
      counts: add(a.counts, b.counts),
      sums: add(a.sums, b.sums),
      squares: add(a.squares, b.squares),
      correct: add(a.correct, b.correct),
    }),
    finish: (partial) => summarise(partial, axis),
  }
}

function checkAxis(axis: Axis): void {
  const augmentation = findAugmentation(axis.name)
  if (axis.degrees.length === 0)
    throw new VatunError('bad-input', `simulation: axis "${axis.name}" has no degrees, expected at least one`)
  for (const degree of axis.degrees) readValues(augmentation, { name: axis.name, [axis.parameter]: degree })
}

function checkLabel(label: number, index: number, classifier: Classifier): number {
  const classes = classifier.info.classNames.length
  if (Number.isInteger(label) && label >= 0 && label < classes) return label
  throw new VatunError('bad-input', `simulation: image ${index} has label ${label}, expected 0 to ${classes - 1}`)
}

function emptyPartial(classes: number, degrees: number): SimulationPartial {
  return {
    counts: new Float64Array(classes),
    sums: new Float64Array(classes * classes * degrees),
    squares: new Float64Array(classes * classes * degrees),
    correct: new Float64Array(classes * degrees),
  }
}

function addRows(
  partial: SimulationPartial,
  labels: readonly number[],
  degree: number,
  degrees: number,
  probabilities: Float32Array,
  classes: number,
): void {
  if (classes !== partial.counts.length)
    throw new VatunError('bad-input', `simulation: ${classes} probabilities for ${partial.counts.length} class names`)
  for (const [row, label] of labels.entries()) {
    // Each image passes here once a degree, and is counted at the first.
    if (degree === 0) partial.counts[label]!++
    if (argmax(probabilities, row * classes, classes) === label) partial.correct[label * degrees + degree]!++
    for (let c = 0; c < classes; c++) {
      const p = probabilities[row * classes + c]!
      const cell = (label * classes + c) * degrees + degree
      partial.sums[cell]! += Math.round(p / unit)
      partial.squares[cell]! += Math.round((p * p) / unit)
    }
  }
}

function add(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]!)
}

function summarise({ counts, sums, squares, correct }: SimulationPartial, axis: Axis): SimulationResult {
  const classes = counts.length
  const degrees = axis.degrees.length
  const countOf = (cell: number) => counts[Math.floor(cell / (classes * degrees))]!
  const mean = sums.map((sum, cell) => (sum * unit) / countOf(cell))
  const halfWidth = squares.map((sum, cell) => {
    const n = countOf(cell)
    if (n < 2) return Number.NaN
    const variance = Math.max(0, (sum * unit - n * mean[cell]! ** 2) / (n - 1))
    return z * Math.sqrt(variance / n)
  })
  const accuracy = correct.map((right, cell) => right / counts[Math.floor(cell / degrees)]!)
  return { axis, degrees: axis.degrees, classes, counts: Uint32Array.from(counts), mean, halfWidth, accuracy }
}
