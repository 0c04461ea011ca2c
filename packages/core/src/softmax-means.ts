import type { SimulationResult } from './simulation.js'

/**
 * Mean softmax of predicted classes, for the images of each true class. Of a thousand classes the images of one are given only some, so that pairs are listed;
 * every class that has images is listed with itself. Lists are sorted by true class, then by predicted class, and run over the pairs in that order.
 */
export interface SoftmaxMeans {
  /** `[pair]` true class. */
  readonly label: Uint16Array
  /** `[pair]` predicted class. */
  readonly predicted: Uint16Array
  /** `[pair, degree]` mean softmax probability of the predicted class. */
  readonly mean: Float64Array
  /** Half width of the 95 % confidence interval of each mean, same shape; NaN below two images. */
  readonly halfWidth: Float64Array
}

/** Means of one pair over the degrees. */
export interface PairMeans {
  readonly mean: Float64Array
  readonly halfWidth: Float64Array
}

/** The pairs of a true class, as positions in the lists: `to` is exclusive. */
export function pairsOf({ label }: SoftmaxMeans, trueClass: number): { readonly from: number; readonly to: number } {
  return {
    from: firstAtLeast(label, trueClass, 0, label.length),
    to: firstAtLeast(label, trueClass + 1, 0, label.length),
  }
}

/** Mean softmax of `predicted` for images of `trueClass`; zeros where the class is given to none of them, NaN without images. */
export function pairMeans(
  { softmax, counts, degrees }: Pick<SimulationResult, 'softmax' | 'counts' | 'degrees'>,
  trueClass: number,
  predicted: number,
): PairMeans {
  const D = degrees.length
  const { from, to } = pairsOf(softmax, trueClass)
  const pair = firstAtLeast(softmax.predicted, predicted, from, to)
  if (pair < to && softmax.predicted[pair] === predicted) {
    const part = (values: Float64Array) => values.subarray(pair * D, (pair + 1) * D)
    return { mean: part(softmax.mean), halfWidth: part(softmax.halfWidth) }
  }
  const images = counts[trueClass] ?? 0
  const fill = (least: number) => new Float64Array(D).fill(images < least ? Number.NaN : 0)
  return { mean: fill(1), halfWidth: fill(2) }
}

/** Position of the first of the ascending values from `low` to `high` that is no less; `high` when all are. */
function firstAtLeast(values: Uint16Array, wanted: number, low: number, high: number): number {
  let [from, to] = [low, high]
  while (from < to) {
    const middle = (from + to) >> 1
    if (values[middle]! < wanted) from = middle + 1
    else to = middle
  }
  return from
}
