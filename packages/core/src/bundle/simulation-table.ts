import type { Axis } from '../augmentation.js'
import { VatunError } from '../errors.js'
import type { RobustnessCurves, SimulationDetails, SimulationResult } from '../simulation.js'
import { decodeTable, encodeTable, numberColumn } from './arrow-table.js'
import { numbersOf } from './arrow-values.js'
import { type PackedDetails, packDetails, unpackDetails } from './simulation-details.js'

/** Columns that belong to a true class and a degree, and where their values are. */
const classColumns: Readonly<Record<string, (curves: RobustnessCurves) => Float64Array>> = {
  accuracy_low: ({ accuracy }) => accuracy.low,
  accuracy_high: ({ accuracy }) => accuracy.high,
  flip_rate: ({ flips }) => flips.rate,
  flip_low: ({ flips }) => flips.low,
  flip_high: ({ flips }) => flips.high,
  confidence: ({ confidence }) => confidence.mean,
  confidence_half_width: ({ confidence }) => confidence.halfWidth,
  margin: ({ margin }) => margin.mean,
  margin_half_width: ({ margin }) => margin.halfWidth,
}

/**
 * One row for every true class, predicted class and degree, in that order: true, predicted, degree, mean (softmax probability of
 * `predicted`), half_width (95 % confidence), n (images of the true class), accuracy (of the true class at that degree). Classes without images and
 * pairs of classes without any probability are left out.
 *
 * With details, further columns of the true class at that degree: accuracy_low, accuracy_high, flip_rate, flip_low, flip_high, confidence,
 * confidence_half_width, margin, margin_half_width. The axis, the curves over all images, flips, worst images and breaking magnitudes are
 * metadata.
 */
export function encodeSimulation(result: SimulationResult): Uint8Array {
  const { axis, degrees, classes, counts, softmax, accuracy, details } = result
  const D = degrees.length
  const { label, predicted, mean, halfWidth } = softmax
  const rows = label.length * D
  const perClass = details ? Object.values(classColumns).map((valuesOf) => valuesOf(details.perClass)) : []
  if (
    [mean, halfWidth].some(({ length }) => length !== rows) ||
    [accuracy, ...perClass].some(({ length }) => length !== classes * D) ||
    predicted.length !== label.length ||
    counts.length !== classes
  )
    throw new VatunError(
      'bad-input',
      `encodeSimulation: arrays of the axis "${axis.name}" do not fit ${label.length} pairs of ${classes} classes at ${D} degrees`,
    )
  const degree = new Float64Array(rows)
  for (let start = 0; start < rows; start += D) degree.set(degrees, start)
  const ofClass = (values: Float64Array) => {
    const gathered = new Float64Array(rows)
    for (const [pair, t] of label.entries()) gathered.set(values.subarray(t * D, (t + 1) * D), pair * D)
    return numberColumn(gathered)
  }
  const columns = {
    true: numberColumn(repeated(label, D)),
    predicted: numberColumn(repeated(predicted, D)),
    degree: numberColumn(degree),
    mean: numberColumn(mean),
    half_width: numberColumn(halfWidth),
    n: numberColumn(Uint32Array.from({ length: rows }, (_, row) => counts[label[Math.floor(row / D)]!]!)),
    accuracy: ofClass(accuracy),
    ...Object.fromEntries(Object.keys(details ? classColumns : {}).map((name, i) => [name, ofClass(perClass[i]!)])),
  }
  const meta = { axis, degrees, classes, counts: Array.from(counts), ...(details && { details: packDetails(details) }) }
  return encodeTable('simulation', columns, rows, meta)
}

/** Reverses {@link encodeSimulation}. */
export function decodeSimulation(bytes: Uint8Array): SimulationResult {
  const table = decodeTable('simulation', bytes)
  const { axis, degrees, classes, counts, details } = table.meta as {
    axis: Axis
    degrees: number[]
    classes: number
    counts: number[]
    details?: PackedDetails
  }
  const D = degrees.length
  const truth = numbersOf(table.column('true'), Uint16Array)
  const predicted = numbersOf(table.column('predicted'), Uint16Array)
  const column = (name: string) => numbersOf(table.column(name), Float64Array)
  const ofClass = (name: string) => {
    const values = new Float64Array(classes * D).fill(Number.NaN)
    const found = column(name)
    for (let row = 0; row < truth.length; row += D)
      if (truth[row] === predicted[row]) values.set(found.subarray(row, row + D), truth[row]! * D)
    return values
  }
  const accuracy = ofClass('accuracy')
  return {
    axis,
    degrees,
    classes,
    counts: Uint32Array.from(counts),
    softmax: {
      label: everyNth(truth, D),
      predicted: everyNth(predicted, D),
      // Copies: views would keep the other columns alive, which are many times as large.
      mean: column('mean').slice(),
      halfWidth: column('half_width').slice(),
    },
    accuracy,
    ...(details && { details: unpackAll(details, accuracy, ofClass) }),
  }
}

function unpackAll(
  packed: PackedDetails,
  accuracy: Float64Array,
  ofClass: (name: string) => Float64Array,
): SimulationDetails {
  return {
    perClass: {
      accuracy: { rate: accuracy, low: ofClass('accuracy_low'), high: ofClass('accuracy_high') },
      flips: { rate: ofClass('flip_rate'), low: ofClass('flip_low'), high: ofClass('flip_high') },
      confidence: { mean: ofClass('confidence'), halfWidth: ofClass('confidence_half_width') },
      margin: { mean: ofClass('margin'), halfWidth: ofClass('margin_half_width') },
    },
    ...unpackDetails(packed),
  }
}

/** Each value as often as there are degrees. */
function repeated(values: Uint16Array, times: number): Uint16Array {
  return Uint16Array.from({ length: values.length * times }, (_, row) => values[Math.floor(row / times)]!)
}

function everyNth(values: Uint16Array, n: number): Uint16Array {
  return Uint16Array.from({ length: values.length / n }, (_, i) => values[i * n]!)
}
