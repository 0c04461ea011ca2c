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
 * `predicted`), half_width (95 % confidence), n (images of the true class), accuracy (of the true class at that degree). Pairs of classes
 * without any probability are left out.
 *
 * With details, further columns of the true class at that degree: accuracy_low, accuracy_high, flip_rate, flip_low, flip_high, confidence,
 * confidence_half_width, margin, margin_half_width. The axis, the curves over all images, flips, worst images and breaking magnitudes are
 * metadata.
 */
export function encodeSimulation(result: SimulationResult): Uint8Array {
  const { axis, degrees, classes, counts, mean, halfWidth, accuracy, details } = result
  const D = degrees.length
  const size = classes * classes * D
  const perClass = details ? Object.values(classColumns).map((valuesOf) => valuesOf(details.perClass)) : []
  if (
    [mean, halfWidth].some(({ length }) => length !== size) ||
    [accuracy, ...perClass].some(({ length }) => length !== classes * D) ||
    counts.length !== classes
  )
    throw new VatunError(
      'bad-input',
      `encodeSimulation: arrays of the axis "${axis.name}" do not fill [${classes}, ${classes}, ${D}]`,
    )
  const pairs = knownPairs(result)
  const rows = pairs.length * D
  const truth = new Uint16Array(rows)
  const predicted = new Uint16Array(rows)
  const degree = new Float64Array(rows)
  const n = new Uint32Array(rows)
  for (const [k, [t, p]] of pairs.entries()) {
    truth.fill(t, k * D, (k + 1) * D)
    predicted.fill(p, k * D, (k + 1) * D)
    degree.set(degrees, k * D)
    n.fill(counts[t]!, k * D, (k + 1) * D)
  }
  const gather = (values: Float64Array, startOf: (t: number, p: number) => number) => {
    if (values.length === rows) return numberColumn(values)
    const gathered = new Float64Array(rows)
    for (const [k, [t, p]] of pairs.entries()) gathered.set(values.subarray(startOf(t, p), startOf(t, p) + D), k * D)
    return numberColumn(gathered)
  }
  const ofPair = (values: Float64Array) => gather(values, (t, p) => (t * classes + p) * D)
  const ofClass = (values: Float64Array) => gather(values, (t) => t * D)
  const columns = {
    true: numberColumn(truth),
    predicted: numberColumn(predicted),
    degree: numberColumn(degree),
    mean: ofPair(mean),
    half_width: ofPair(halfWidth),
    n: numberColumn(n),
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
  const ofPair = (name: string, least: number) => {
    const values = new Float64Array(classes * classes * D)
    for (const [t, count] of counts.entries())
      values.fill(count < least ? Number.NaN : 0, t * classes * D, (t + 1) * classes * D)
    const found = column(name)
    for (let row = 0; row < truth.length; row += D)
      values.set(found.subarray(row, row + D), (truth[row]! * classes + predicted[row]!) * D)
    return values
  }
  const ofClass = (name: string) => {
    const values = new Float64Array(classes * D)
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
    mean: ofPair('mean', 1),
    halfWidth: ofPair('half_width', 2),
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

/** True and predicted classes that say more than "no image" or "no probability", and each class with itself. */
function knownPairs({ classes, counts, degrees, mean, halfWidth }: SimulationResult): readonly [number, number][] {
  const D = degrees.length
  const pairs: [number, number][] = []
  for (let t = 0; t < classes; t++)
    for (let p = 0; p < classes; p++) {
      const start = (t * classes + p) * D
      const isDefault = (values: Float64Array, least: number) => {
        const usual = counts[t]! < least ? Number.NaN : 0
        for (let i = start; i < start + D; i++) if (!Object.is(values[i], usual)) return false
        return true
      }
      if (t === p || !isDefault(mean, 1) || !isDefault(halfWidth, 2)) pairs.push([t, p])
    }
  return pairs
}
