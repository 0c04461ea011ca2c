import type { Axis } from './augmentation.js'

/**
 * How the prediction moves over the degrees of one change, per true class: the paper's statistical result on data set level.
 * Computed by `simulation` of `@vatun/augment`.
 */
export interface SimulationResult {
  readonly axis: Axis
  /** Magnitudes, ascending. */
  readonly degrees: readonly number[]
  readonly classes: number
  /** `[true class]` images seen so far. */
  readonly counts: Uint32Array
  /** `[true class, predicted class, degree]` mean softmax probability; NaN where a class has no image yet. */
  readonly mean: Float64Array
  /** Half width of the 95 % confidence interval of each mean, same shape; NaN below two images. */
  readonly halfWidth: Float64Array
  /** `[true class, degree]` share of images predicted as labelled; NaN where a class has no image yet. */
  readonly accuracy: Float64Array
}
