/** One filter of one layer. */
export interface FilterRef {
  readonly layer: string
  /** 0-based channel. */
  readonly filter: number
}

/** A neural pattern: images that share a frequent sub-sequence of most-activated filters over the layers. */
export interface NeuralPattern {
  readonly items: readonly FilterRef[]
  /** Data set indices of the images that contain the sub-sequence, ascending. */
  readonly images: Int32Array
  /** `[classes]` images per true class. */
  readonly classCounts: Uint32Array
}

/** Recommended patterns, best first. Computed by `@vatun/patterns`. */
export interface PatternTable {
  /** Images that were mined. */
  readonly images: number
  /** Least number of images of a pattern. */
  readonly minSupport: number
  readonly patterns: readonly NeuralPattern[]
}
