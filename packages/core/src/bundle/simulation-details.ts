import type { RobustnessCurves, SimulationDetails, SimulationResult } from '../simulation.js'
import { encodeTable, numberColumn } from './arrow-table.js'

/** JSON has no NaN: null stands for it. */
type Numbers = readonly (number | null)[]

type Packed<T> = { readonly [K in keyof T]: T[K] extends ArrayLike<number> ? Numbers : T[K] }

/** What of a simulation's details does not run over classes and degrees, as JSON. */
export interface PackedDetails {
  readonly overall: { readonly [K in keyof RobustnessCurves]: Packed<RobustnessCurves[K]> }
  readonly flipCounts: Packed<SimulationDetails['flipCounts']>
  readonly worst: Packed<SimulationDetails['worst']>
  readonly breaking: Packed<SimulationDetails['breaking']>
}

/** For {@link unpackDetails}. */
export function packDetails({ overall, flipCounts, worst, breaking }: SimulationDetails): PackedDetails {
  const { accuracy, flips, confidence, margin } = overall
  return {
    overall: { accuracy: pack(accuracy), flips: pack(flips), confidence: pack(confidence), margin: pack(margin) },
    flipCounts: pack(flipCounts),
    worst: pack(worst),
    breaking: pack(breaking),
  }
}

/** Reverses {@link packDetails}. */
export function unpackDetails({
  overall,
  flipCounts,
  worst,
  breaking,
}: PackedDetails): Omit<SimulationDetails, 'perClass'> {
  const { accuracy, flips, confidence, margin } = overall
  const rates = ({ rate, low, high }: typeof accuracy) => ({
    rate: doubles(rate),
    low: doubles(low),
    high: doubles(high),
  })
  const means = ({ mean, halfWidth }: typeof margin) => ({ mean: doubles(mean), halfWidth: doubles(halfWidth) })
  return {
    overall: { accuracy: rates(accuracy), flips: rates(flips), confidence: means(confidence), margin: means(margin) },
    flipCounts: {
      from: Uint16Array.from(doubles(flipCounts.from)),
      to: Uint16Array.from(doubles(flipCounts.to)),
      degree: Uint16Array.from(doubles(flipCounts.degree)),
      count: Uint32Array.from(doubles(flipCounts.count)),
    },
    worst: {
      index: Int32Array.from(doubles(worst.index)),
      label: Uint16Array.from(doubles(worst.label)),
      degree: Uint16Array.from(doubles(worst.degree)),
      unchanged: Float32Array.from(doubles(worst.unchanged)),
      changed: Float32Array.from(doubles(worst.changed)),
      predicted: Uint16Array.from(doubles(worst.predicted)),
    },
    breaking: {
      index: Int32Array.from(doubles(breaking.index)),
      label: Uint16Array.from(doubles(breaking.label)),
      below: doubles(breaking.below),
      above: doubles(breaking.above),
      ...(breaking.tolerance !== undefined && { tolerance: breaking.tolerance }),
    },
  }
}

/**
 * One row an image, for other tools: index, true, breaks_below and breaks_above (magnitudes; NaN for an image that does not break on that side).
 * The axis is metadata.
 */
export function encodeBreaking({ axis, details }: Pick<SimulationResult, 'axis' | 'details'>): Uint8Array {
  const { index, label, below, above } = details?.breaking ?? {
    index: new Int32Array(0),
    label: new Uint16Array(0),
    below: new Float64Array(0),
    above: new Float64Array(0),
  }
  const columns = {
    index: numberColumn(index),
    true: numberColumn(label),
    breaks_below: numberColumn(below),
    breaks_above: numberColumn(above),
  }
  const tolerance = details?.breaking.tolerance
  return encodeTable('breaking', columns, index.length, { axis, ...(tolerance !== undefined && { tolerance }) })
}

function pack<T extends object>(columns: T): Packed<T> {
  const entries = Object.entries(columns).map(([name, values]) => [
    name,
    ArrayBuffer.isView(values) ? Array.from(values as unknown as ArrayLike<number>) : values,
  ])
  return Object.fromEntries(entries) as Packed<T>
}

function doubles(values: Numbers): Float64Array {
  return Float64Array.from(values, (value) => value ?? Number.NaN)
}
