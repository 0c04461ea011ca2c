import type { Axis } from './augmentation.js'
import type { SoftmaxMeans } from './softmax-means.js'

/** A share of images with its 95 % confidence interval by Wilson (1927); all NaN where there is no image. */
export interface Rates {
  /** 0…1. */
  readonly rate: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Means with the half width `1.96 · s / √n` of their normal 95 % confidence interval; NaN without images, the half width below two. */
export interface Means {
  readonly mean: Float64Array
  readonly halfWidth: Float64Array
}

/** What a change does to a set of images; arrays run over the degrees, or over true classes and degrees in C order. */
export interface RobustnessCurves {
  /** Images predicted as labelled. */
  readonly accuracy: Rates
  /** Images predicted as another class than without the change. */
  readonly flips: Rates
  /** Softmax of the true class. */
  readonly confidence: Means
  /** Softmax of the true class minus the highest other one, -1…1: below 0 the image is predicted wrongly. */
  readonly margin: Means
}

/** Images that predictions moved from one class to another at one degree. Lists of equal length, sorted by from, to, degree. */
export interface FlipCounts {
  /** Predicted class without the change. */
  readonly from: Uint16Array
  /** Predicted class with it; other than `from`. */
  readonly to: Uint16Array
  /** Position of the degree. */
  readonly degree: Uint16Array
  readonly count: Uint32Array
}

/** Images of each class whose confidence in it falls most, largest drop first, then by index. Lists of equal length. */
export interface WorstImages {
  /** Data set index. */
  readonly index: Int32Array
  /** True class. */
  readonly label: Uint16Array
  /** Position of the degree of the largest drop; the first of equals. */
  readonly degree: Uint16Array
  /** Softmax of the true class without the change, and at that degree. */
  readonly unchanged: Float32Array
  readonly changed: Float32Array
  /** Predicted class at that degree. */
  readonly predicted: Uint16Array
}

/**
 * How far each image can be changed. Lists of equal length, ascending by index; 22 bytes an image.
 *
 * An image breaks at the magnitude nearest to the identity, on either side, at which it is not predicted as labelled; both are the identity for
 * an image that is wrong unchanged.
 */
export interface BreakingMagnitudes {
  /** Data set index. */
  readonly index: Int32Array
  /** True class. */
  readonly label: Uint16Array
  /** Nearest breaking magnitude at or below the identity; NaN when there is none. */
  readonly below: Float64Array
  /** Nearest breaking magnitude at or above the identity; NaN when there is none. */
  readonly above: Float64Array
  /** Breaking magnitudes are found to this precision between the degrees; absent: they are degrees. */
  readonly tolerance?: number
}

/** What a simulation knows beside the mean softmax. */
export interface SimulationDetails {
  /** `[true class, degree]`. */
  readonly perClass: RobustnessCurves
  /** `[degree]`, over all images. */
  readonly overall: RobustnessCurves
  readonly flipCounts: FlipCounts
  readonly worst: WorstImages
  readonly breaking: BreakingMagnitudes
}

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
  /** Of every class that the images of each true class are given. */
  readonly softmax: SoftmaxMeans
  /** `[true class, degree]` share of images predicted as labelled; NaN where a class has no image yet. */
  readonly accuracy: Float64Array
  /** More about the same images; absent where only the means were kept. */
  readonly details?: SimulationDetails
}

/** What two changes do together, the first applied before the second. Arrays run over degrees of the first, then of the second. */
export interface SimulationGridResult {
  readonly axes: readonly [Axis, Axis]
  readonly classes: number
  /** `[true class]` images seen so far. */
  readonly counts: Uint32Array
  /** `[true class, first degree, second degree]`. */
  readonly perClass: RobustnessCurves
  /** `[first degree, second degree]`, over all images. */
  readonly overall: RobustnessCurves
}
