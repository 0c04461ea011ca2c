import { type ResourceLimits, Worker } from 'node:worker_threads'
import type { BackendReport, ClassifierInfo } from '@vatun/core'
import { errorFromJSON, VatunError } from '@vatun/core'
import { END, type ShardTask, type WorkerInit, type WorkerMessage } from './pool-messages.js'

/** What a worker tells when it has opened its model and its images. */
export interface OpenedWorker {
  readonly report: BackendReport
  readonly info: ClassifierInfo
}

/** One worker thread, computing at most one shard at a time. */
export interface PoolWorker {
  /** Rejects when the worker cannot open its model or dies before. */
  readonly opened: Promise<OpenedWorker>
  /** The partial; undefined when the worker has stopped because of the task's flag. Rejects with a VatunError, also when the worker dies. */
  run(task: ShardTask): Promise<unknown>
  /** Resolves when the thread is gone, for whatever reason. */
  readonly exited: Promise<void>
  /**
   * Stops the task at hand by its flag, then the thread, so that nothing is torn down inside native code: that would end the process.
   * A task that does not look at its flag is cut off after a while.
   */
  close(): Promise<void>
}

/** How long a closing worker may take for its last batch, in milliseconds. */
const PATIENCE = 30_000

/** Starts a worker. While it has nothing to do it does not keep the process alive. */
export function startWorker(url: URL | string, init: WorkerInit, resourceLimits?: ResourceLimits): PoolWorker {
  const module = typeof url === 'string' && url.startsWith('file:') ? new URL(url) : url
  const worker = new Worker(module, { workerData: { vatun: init }, ...(resourceLimits && { resourceLimits }) })
  let open: (opened: OpenedWorker) => void
  let refuse: (error: VatunError) => void
  const opened = new Promise<OpenedWorker>((resolve, reject) => {
    open = resolve
    refuse = reject
  })
  let running: { task: ShardTask; resolve(partial: unknown): void; reject(error: unknown): void } | undefined
  let cause: unknown
  const settle = () => {
    const task = running
    running = undefined
    worker.unref()
    return task
  }
  worker.on('message', (message: WorkerMessage) => {
    if (message.kind === 'ready') {
      worker.unref()
      open({ report: message.report, info: message.info })
    } else if (message.kind === 'unready') {
      refuse(errorFromJSON(message.error))
      worker.postMessage(END)
    } else if (message.kind === 'failed') settle()?.reject(errorFromJSON(message.error))
    else settle()?.resolve(message.kind === 'done' ? message.partial : undefined)
  })
  worker.on('error', (error) => {
    cause = error
  })
  worker.on('messageerror', (error) => {
    cause = error
    void worker.terminate()
  })
  const exited = new Promise<void>((resolve) => {
    worker.on('exit', (code) => {
      const error = deathOf(code, cause, running?.task)
      refuse(error)
      settle()?.reject(error)
      resolve()
    })
  })
  return {
    opened,
    run: (task) =>
      new Promise((resolve, reject) => {
        running = { task, resolve, reject }
        worker.ref()
        worker.postMessage(task)
      }),
    exited,
    close: async () => {
      if (running) Atomics.store(new Int32Array(running.task.cancelled), 0, 1)
      worker.postMessage(END)
      const timer = setTimeout(() => void worker.terminate(), PATIENCE)
      await exited
      clearTimeout(timer)
    },
  }
}

function deathOf(code: number, cause: unknown, task: ShardTask | undefined): VatunError {
  const when = task ? `while computing "${task.spec.name}"` : 'before it could compute'
  const { code: errorCode, message } = (cause ?? {}) as { code?: string; message?: string }
  const why =
    errorCode === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'out of memory, use smaller shards or fewer workers'
      : (message ?? `it exited with code ${code}`)
  return new VatunError('engine', `worker pool: a worker died ${when}: ${why}`, { cause, details: { exitCode: code } })
}
