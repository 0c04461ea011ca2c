/** Detail of `vatun-pick`: a click or Enter on a point, or beside all points (null). */
export interface PickDetail {
  readonly index: number | null
  readonly add: boolean
}

/** Detail of `vatun-lasso`. */
export interface LassoDetail {
  readonly indices: readonly number[]
  readonly add: boolean
}

/** Detail of `vatun-hover`: the point and where it is in client coordinates. */
export interface HoverDetail {
  readonly index: number | null
  readonly x: number
  readonly y: number
}
