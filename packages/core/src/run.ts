import type { Observable } from 'rxjs'
import type { Analysis, AnalysisContext, Executor, PartialStore } from './analysis.js'
import { VatunError } from './errors.js'
import { type Step, streamOf } from './step.js'

/** Options of {@link run}. */
export interface RunOptions<P> {
  readonly executor: Executor
  /** Data set indices in the order in which they are to be processed. */
  readonly indices: readonly number[]
  /** Images a shard. Part of the result's identity: the same size gives the same bytes. */
  readonly shardSize: number
  readonly store?: PartialStore<P>
  /** Least time in milliseconds between two values before the last one; progress is always emitted. Default 250. */
  readonly refreshInterval?: number
}

/**
 * Runs an analysis over a data set, refining its result shard by shard.
 *
 * Emits `progress` when a shard is done and `value` when the merged prefix of shards has grown; the last value is the
 * final result. Shards found in the store are not computed again, new ones are saved before they count as done.
 */
export function run<P, R>(analysis: Analysis<P, R>, options: RunOptions<P>): Observable<Step<R>> {
  const { executor, indices, shardSize, store, refreshInterval = 250 } = options
  if (!Number.isInteger(shardSize) || shardSize < 1)
    throw new VatunError('bad-input', `run: shardSize is ${shardSize}, expected a whole number of at least 1`)
  if (indices.length === 0) throw new VatunError('bad-input', 'run: no images to analyse, expected at least one index')
  return streamOf<Step<R>>(async (emit, signal) => {
    // A failing shard stops the others, which `signal` alone (the subscriber's wish) would not.
    const failure = new AbortController()
    const stop = AbortSignal.any([signal, failure.signal])
    const shards = Math.ceil(indices.length / shardSize)
    const waiting = new Map<number, P>()
    let next = 0
    let merged: { partial: P } | undefined
    let prefix = 0
    let done = 0
    let emitted = Number.NEGATIVE_INFINITY
    const shardOf = (i: number) => indices.slice(i * shardSize, (i + 1) * shardSize)

    const arrive = (shard: number, partial: P) => {
      waiting.set(shard, partial)
      done += shardOf(shard).length
      const progress = { done, total: indices.length, unit: 'images' }
      const before = prefix
      for (let p = waiting.get(prefix); waiting.has(prefix); p = waiting.get(prefix)) {
        waiting.delete(prefix)
        merged = { partial: merged ? analysis.merge(merged.partial, p as P) : (p as P) }
        prefix++
      }
      const due = prefix === shards || performance.now() - emitted >= refreshInterval
      if (merged && prefix > before && due) {
        emit({ kind: 'value', value: analysis.finish(merged.partial), progress })
        emitted = performance.now()
      } else emit({ kind: 'progress', progress })
    }

    const worker = async () => {
      while (next < shards && !stop.aborted) {
        const shard = next++
        let partial = await store?.load(shard)
        if (partial === undefined) {
          partial = await executor.partial(analysis, shardOf(shard), stop)
          await store?.save(shard, partial)
        }
        if (!stop.aborted) arrive(shard, partial)
      }
    }
    emit({ kind: 'progress', progress: { done: 0, total: indices.length, unit: 'images' } })
    try {
      await Promise.all(Array.from({ length: Math.min(executor.concurrency, shards) }, worker))
    } catch (error) {
      failure.abort(error)
      throw error
    }
  })
}

/** Computes shards one after the other in this thread. */
export function inlineExecutor(context: Omit<AnalysisContext, 'signal'>): Executor {
  return {
    concurrency: 1,
    partial: (analysis, indices, signal) => analysis.partial({ ...context, signal }, indices),
  }
}
