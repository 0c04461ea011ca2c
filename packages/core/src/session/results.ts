import type { SerializedError } from '../errors.js'
import type { PatternTable } from '../patterns.js'
import type { PredictionTable } from '../predictions.js'
import type { SimulationResult } from '../simulation.js'
import type { Progress } from '../step.js'

/** A result on its way: views draw every one of these states. */
export type Loadable<T> =
  | { readonly status: 'waiting' }
  | { readonly status: 'running'; readonly progress: Progress; readonly value?: T }
  | { readonly status: 'ready'; readonly value: T }
  | { readonly status: 'failed'; readonly error: SerializedError; readonly value?: T }

/** The value so far, if any. */
export function valueSoFar<T>(loadable: Loadable<T>): T | undefined {
  return loadable.status === 'waiting' ? undefined : loadable.value
}

/** A two-dimensional layout of penultimate features. */
export interface EmbeddingTable {
  /** Projection for people: `t-SNE`. */
  readonly method: string
  /** `[n]` data set indices. */
  readonly indices: Int32Array
  /** `[n, 2]` positions, any scale. */
  readonly positions: Float32Array
}

/** All images of the analysis in one picture, for thumbnails. Image `indices[k]` is the tile at column `k % columns`, row `⌊k / columns⌋`. */
export interface SpriteSheet {
  /** URL of a PNG; may be a `data:` or `blob:` URL. */
  readonly url: string
  readonly tileWidth: number
  readonly tileHeight: number
  readonly columns: number
  readonly rows: number
  readonly indices: Int32Array
}

/** Data-set-level results that the views of a session share. */
export interface SessionResults {
  readonly predictions: Loadable<PredictionTable>
  readonly sprites: Loadable<SpriteSheet>
  readonly embedding: Loadable<EmbeddingTable>
  readonly patterns: Loadable<PatternTable>
  /** By axis name, in the order of the session's axes. */
  readonly simulation: Readonly<Record<string, Loadable<SimulationResult>>>
}
