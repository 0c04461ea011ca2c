import type { AnalysisSpec, BackendReport, ClassifierInfo, DatasetSpec, ModelSpec, SerializedError } from '@vatun/core'
import type { NodeBackend } from './prepare-backend.js'

/** What a worker needs to open its model and its images; structured-cloneable. Further fields are for the worker module itself. */
export interface WorkerInit {
  readonly model: ModelSpec
  readonly dataset: DatasetSpec
  /** The engine to use; without it the first that works, see `prepareBackend`. */
  readonly engine?: NodeBackend
  /** Threads of each worker's engine. Default: the worker's share of the cores. */
  readonly threads?: number
  readonly [extra: string]: unknown
}

/** Pool to worker: one shard. `cancelled` is an int32 in shared memory that is 1 when nobody wants the result any more. */
export interface ShardTask {
  readonly spec: AnalysisSpec
  readonly indices: readonly number[]
  readonly cancelled: SharedArrayBuffer
}

/** Pool to worker: stop the task at hand, free the model and exit. */
export const END = 'end'

/** Worker to pool; all but the first two answer the one task the worker has. */
export type WorkerMessage =
  | { readonly kind: 'ready'; readonly report: BackendReport; readonly info: ClassifierInfo }
  | { readonly kind: 'unready'; readonly error: SerializedError }
  | { readonly kind: 'done'; readonly partial: unknown }
  | { readonly kind: 'failed'; readonly error: SerializedError }
  | { readonly kind: 'stopped' }
