import { availableParallelism } from 'node:os'
import type { ResourceLimits } from 'node:worker_threads'
import type { BackendReport, ClassifierInfo, Executor } from '@vatun/core'
import { VatunError } from '@vatun/core'
import type { ShardTask, WorkerInit } from './pool-messages.js'
import { type PoolWorker, startWorker } from './pool-worker.js'

/** Options of {@link createWorkerPool}. */
export interface WorkerPoolOptions {
  /** Module that calls `serveAnalyses` of `@vatun/backend-node/worker`: a file URL or an absolute path. */
  readonly workerUrl: URL | string
  /** Workers. Default: as many as keep all cores busy, which is one for an engine with threads of its own or a GPU. */
  readonly size?: number
  readonly init: WorkerInit
  /** Memory limits of each worker, in MB; see `worker_threads`. */
  readonly resourceLimits?: ResourceLimits
}

/** An executor over worker threads. */
export interface WorkerPool extends Executor {
  /** The workers' engine; `threads` counts those of all workers. */
  readonly report: BackendReport
  /** The model as the workers see it. */
  readonly info: ClassifierInfo
  /** Stops the workers; what they were doing rejects. */
  close(): Promise<void>
}

interface Job {
  readonly task: ShardTask
  resolve(partial: unknown): void
  reject(error: unknown): void
}

/**
 * Starts workers that compute shards side by side. Resolves when each has opened its model and data set.
 *
 * Aborting rejects at once: a waiting shard is dropped, a running one stops when its analysis next looks at the signal, and
 * the worker lives on. A worker that dies (out of memory, `process.exit`) fails the shard it was computing and is replaced.
 * A thread pool library does not fit here: those stop a running task by killing its thread, model and all.
 *
 * @throws VatunError what a failing worker reports: a missing model, an engine that does not start, a broken module
 */
export async function createWorkerPool(options: WorkerPoolOptions): Promise<WorkerPool> {
  const { size, workerUrl, resourceLimits } = options
  if (size !== undefined && !(Number.isInteger(size) && size >= 1))
    throw new VatunError('bad-input', `createWorkerPool: size is ${size}, expected a whole number of at least 1`)
  // Workers of one thread each use the cores better than threads of one worker: what lies between two passes runs side by side too.
  const threads = size === undefined ? 1 : Math.max(1, Math.floor(availableParallelism() / size))
  const init = { threads, ...options.init }
  const waiting: Job[] = []
  const idle: PoolWorker[] = []
  const living = new Set<PoolWorker>()
  /** Why nothing can be computed any more. */
  let ended: unknown

  const end = (reason: unknown) => {
    ended ??= reason
    for (const job of waiting.splice(0)) job.reject(ended)
  }

  const dispatch = () => {
    while (idle.length > 0 && waiting.length > 0) {
      const worker = idle.pop()!
      const job = waiting.shift()!
      worker
        .run(job.task)
        .then(
          (partial) => (ended ? job.reject(ended) : job.resolve(partial)),
          (error: unknown) => job.reject(ended ?? error),
        )
        .finally(() => {
          if (living.has(worker)) idle.push(worker)
          dispatch()
        })
    }
  }

  const start = async () => {
    const worker = startWorker(workerUrl, init, resourceLimits)
    living.add(worker)
    void worker.exited.then(() => {
      living.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
    })
    const opened = await worker.opened.catch(async (error: unknown) => {
      await worker.exited
      throw error
    })
    void worker.exited.then(replace)
    idle.push(worker)
    dispatch()
    return opened
  }

  const replace = () => {
    if (ended) return
    start().catch((reason: unknown) => {
      if (living.size === 0) end(reason)
    })
  }

  const close = async (reason: unknown) => {
    end(reason)
    await Promise.all([...living].map((worker) => worker.close()))
  }

  const partial = (analysis: { readonly spec: ShardTask['spec'] }, indices: readonly number[], signal: AbortSignal) =>
    new Promise<unknown>((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason)
      if (ended) return reject(ended)
      const cancelled = new SharedArrayBuffer(4)
      const abort = () => {
        Atomics.store(new Int32Array(cancelled), 0, 1)
        if (waiting.includes(job)) waiting.splice(waiting.indexOf(job), 1)
        reject(signal.reason)
      }
      const done = () => signal.removeEventListener('abort', abort)
      const job: Job = {
        task: { spec: analysis.spec, indices, cancelled },
        resolve: (value) => {
          done()
          resolve(value)
        },
        reject: (error) => {
          done()
          reject(error)
        },
      }
      signal.addEventListener('abort', abort, { once: true })
      waiting.push(job)
      dispatch()
    })

  try {
    // The first one tells which engine it is.
    const first = size === undefined ? [await start()] : []
    const count = size ?? workersFor(first[0]!.report)
    const opened = await Promise.all([...first, ...Array.from({ length: count - first.length }, start)])
    const { report, info } = opened[0]!
    return {
      concurrency: count,
      report: { ...report, threads: threadsOf(report, count) },
      info,
      partial: partial as Executor['partial'],
      close: () => close(new VatunError('engine', 'worker pool: closed, create a new one')),
    }
  } catch (error) {
    await close(error)
    throw error
  }
}

/** Threads of all workers; those of libtensorflow are the process's, whatever the number of workers. */
function threadsOf({ name, threads }: BackendReport, workers: number): number {
  return name === 'tfjs-node' ? threads : threads * workers
}

function workersFor({ device, threads }: BackendReport): number {
  return device === 'gpu' ? 1 : Math.max(1, Math.floor(availableParallelism() / threads))
}
