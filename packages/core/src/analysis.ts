import type { Classifier } from './classifier.js'
import type { Dataset } from './dataset.js'

/** What a partial result is computed from. */
export interface AnalysisContext {
  readonly classifier: Classifier
  readonly dataset: Dataset
  /** Aborted when nobody wants the result any more; look at it between batches. */
  readonly signal: AbortSignal
}

/** Names an analysis and its parameters, as JSON: enough for a worker to build the same one, and the key of its stored results. */
export interface AnalysisSpec {
  readonly name: string
  readonly params: Readonly<Record<string, unknown>>
}

/**
 * A data-set-level computation that can be cut into shards: `finish(merge(partial(shard 0), partial(shard 1), …))`.
 *
 * `merge` is associative and must not modify its arguments. {@link run} merges in shard order, so for a given shard size the
 * result is identical to the byte whatever the number of workers.
 *
 * @typeParam P Partial result: structured-cloneable, typed arrays for bulk data.
 * @typeParam R Result.
 */
export interface Analysis<P, R> {
  readonly spec: AnalysisSpec
  partial(context: AnalysisContext, indices: readonly number[]): Promise<P>
  merge(a: P, b: P): P
  finish(partial: P): R
}

/** Where partials are computed: in this thread, or in workers. */
export interface Executor {
  /** How many shards are worth having in flight. */
  readonly concurrency: number
  /** Computes one shard. Rejects with a VatunError; aborting the signal rejects with the signal's reason. */
  partial<P>(analysis: Analysis<P, unknown>, indices: readonly number[], signal: AbortSignal): Promise<P>
}

/** Where partials survive the process; see `@vatun/core/bundle`. A store belongs to one analysis of one model and data set. */
export interface PartialStore<P> {
  load(shard: number): Promise<P | undefined>
  save(shard: number, partial: P): Promise<void>
}
