import type { Axis } from '../augmentation.js'
import { VatunError } from '../errors.js'
import type { SimulationResult } from '../simulation.js'
import { decodeTable, encodeTable, numberColumn } from './arrow-table.js'
import { numbersOf } from './arrow-values.js'

/**
 * One row for every true class, predicted class and degree, in that order: true, predicted, degree, mean (softmax probability of
 * `predicted`), half_width (95 % confidence), n (images of the true class), accuracy (of the true class at that degree).
 * The axis is metadata.
 */
export function encodeSimulation(result: SimulationResult): Uint8Array {
  const { axis, degrees, classes, counts, mean, halfWidth, accuracy } = result
  const D = degrees.length
  const rows = classes * classes * D
  if (mean.length !== rows || halfWidth.length !== rows || accuracy.length !== classes * D || counts.length !== classes)
    throw new VatunError(
      'bad-input',
      `encodeSimulation: arrays of the axis "${axis.name}" do not fill [${classes}, ${classes}, ${D}]`,
    )
  const truth = new Uint16Array(rows)
  const predicted = new Uint16Array(rows)
  const degree = new Float64Array(rows)
  const n = new Uint32Array(rows)
  const accuracies = new Float64Array(rows)
  let row = 0
  for (let t = 0; t < classes; t++)
    for (let p = 0; p < classes; p++)
      for (let d = 0; d < D; d++, row++) {
        truth[row] = t
        predicted[row] = p
        degree[row] = degrees[d]!
        n[row] = counts[t]!
        accuracies[row] = accuracy[t * D + d]!
      }
  const columns = {
    true: numberColumn(truth),
    predicted: numberColumn(predicted),
    degree: numberColumn(degree),
    mean: numberColumn(mean),
    half_width: numberColumn(halfWidth),
    n: numberColumn(n),
    accuracy: numberColumn(accuracies),
  }
  return encodeTable('simulation', columns, rows, { axis, degrees, classes, counts: Array.from(counts) })
}

/** Reverses {@link encodeSimulation}; `mean` and `halfWidth` are views of the bytes. */
export function decodeSimulation(bytes: Uint8Array): SimulationResult {
  const table = decodeTable('simulation', bytes)
  const { axis, degrees, classes, counts } = table.meta as {
    axis: Axis
    degrees: number[]
    classes: number
    counts: number[]
  }
  const D = degrees.length
  const accuracies = numbersOf(table.column('accuracy'), Float64Array)
  const accuracy = new Float64Array(classes * D)
  for (let t = 0; t < classes; t++) for (let d = 0; d < D; d++) accuracy[t * D + d] = accuracies[t * classes * D + d]!
  return {
    axis,
    degrees,
    classes,
    counts: Uint32Array.from(counts),
    mean: numbersOf(table.column('mean'), Float64Array),
    halfWidth: numbersOf(table.column('half_width'), Float64Array),
    accuracy,
  }
}
