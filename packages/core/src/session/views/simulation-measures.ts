import type { Rates, SimulationResult } from '../../simulation.js'
import { pairMeans } from '../../softmax-means.js'
import type { SessionState } from '../state.js'
import {
  accuracyCurve,
  axisEffect,
  type Curve,
  meanOverClasses,
  simulationCurve,
  symmetricCurve,
} from './class-effects.js'

/** What can be asked of a true class at each degree. */
export type SimulationMeasure = SessionState['measure']

/** A measure for people. */
export interface MeasureInfo {
  readonly name: SimulationMeasure
  readonly label: string
  /** What the numbers are: `mean softmax of the true class`. */
  readonly meaning: string
  /** Lowest and highest value there can be. */
  readonly range: readonly [number, number]
  /** Rates are shown in per cent. */
  readonly isRate: boolean
}

/** All measures, in the order of display. */
export const simulationMeasures: readonly MeasureInfo[] = [
  { name: 'softmax', label: 'Softmax', meaning: 'mean softmax of the true class', range: [0, 1], isRate: false },
  { name: 'accuracy', label: 'Accuracy', meaning: 'accuracy', range: [0, 1], isRate: true },
  { name: 'flips', label: 'Flip rate', meaning: 'share of predictions that flip', range: [0, 1], isRate: true },
  {
    name: 'margin',
    label: 'Margin',
    meaning: 'mean margin, below 0 where wrong',
    range: [-1, 1],
    isRate: false,
  },
]

/** The measure of that name; the first for a name that there is not, as an old link may hold. */
export function measureInfo(name: SimulationMeasure): MeasureInfo {
  return simulationMeasures.find((measure) => measure.name === name) ?? simulationMeasures[0]!
}

/**
 * A measure over the degrees with its 95 % interval.
 * @param trueClass Null stands for all classes.
 * @returns Null where only the details of a simulation would tell, and it has none.
 */
export function measureCurve(
  result: SimulationResult,
  measure: SimulationMeasure,
  trueClass: number | null,
): Curve | null {
  if (measure === 'accuracy') return trueClass === null ? axisEffect(result).accuracy : accuracyCurve(result, trueClass)
  const { details } = result
  if (measure === 'softmax' && trueClass !== null) return simulationCurve(result, trueClass, trueClass)
  if (!details) return measure === 'softmax' ? overallSoftmax(result) : null
  const D = result.degrees.length
  const curves = trueClass === null ? details.overall : details.perClass
  const own = (values: Float64Array) =>
    trueClass === null ? values : values.subarray(trueClass * D, (trueClass + 1) * D)
  if (measure === 'flips') return flipCurve(curves.flips, own, result)
  const { mean, halfWidth } = measure === 'margin' ? curves.margin : curves.confidence
  return symmetricCurve(own(mean), own(halfWidth))
}

/** Nothing flips without a change, whatever the number of images: there the interval has no width. */
function flipCurve(
  { rate, low, high }: Rates,
  own: (values: Float64Array) => Float64Array,
  { degrees, axis }: SimulationResult,
): Curve {
  return {
    mean: own(rate),
    low: own(low),
    high: own(high).map((end, i) => (degrees[i] === axis.identity ? own(rate)[i]! : end)),
  }
}

/** Without an interval: how the images of a class spread around its mean was not kept. */
function overallSoftmax(result: SimulationResult): Curve {
  const mean = Float64Array.from(result.degrees, (_, degree) =>
    meanOverClasses(result, (trueClass) => pairMeans(result, trueClass, trueClass).mean[degree]!),
  )
  return symmetricCurve(
    mean,
    mean.map(() => Number.NaN),
  )
}
