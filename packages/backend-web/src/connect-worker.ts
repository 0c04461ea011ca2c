import { type BackendReport, type Port, type SessionPorts, type Step, toVatunError, VatunError } from '@vatun/core'
import { BehaviorSubject, Observable, type Subscriber } from 'rxjs'
import type { RejectedEngine } from './prepare-backend.js'
import type { PageMessage } from './protocol.js'
import { runWorker, type WorkerLike, type WorkerRun } from './worker-run.js'

export type { WorkerLike } from './worker-run.js'

/** What a worker is doing. */
export type WorkerStatus =
  | {
      readonly state: 'opening'
      /** The engine that went away before, where that is why a worker is opening. */
      readonly lost?: RejectedEngine
    }
  | { readonly state: 'ready'; readonly report: BackendReport }
  /** Nobody answers; with a function for the worker, the next request starts another one. */
  | { readonly state: 'failed'; readonly error: VatunError }

/** A worker that answers the ports of a session. */
export interface WorkerConnection {
  /** The questions of views. A port that the worker has no handler for answers with an error `unsupported`. */
  readonly ports: Required<SessionPorts>
  /** A port of any other name. */
  port<Request, Result>(name: string): Port<Request, Result>
  /** The engine of the first worker that could open what it was told to; rejects when the first one could not. */
  readonly report: Promise<BackendReport>
  /** What the worker is doing now, and every change; completes when the connection is terminated. */
  readonly status$: Observable<WorkerStatus>
  /** Ends the worker; what is pending and every later request fails. */
  terminate(): void
}

interface PendingRequest {
  readonly subscriber: Subscriber<Step<never>>
  readonly message: PageMessage
  /** Something has been emitted: to begin again would tell it twice. */
  answered: boolean
  /** Sent to a second worker already. */
  resent: boolean
}

/** An engine may go away once, as it does when a laptop changes its GPU; one that does so twice is not asked a third time. */
const lossesAllowed = 1

/**
 * Connects a page to a worker that calls `servePorts` of `@vatun/backend-web/worker`.
 *
 * Each subscription to a port is one computation in the worker, unsubscribing cancels it. Requests are copied, results moved.
 *
 * When the engine goes away (a lost WebGL context), another worker is started, which takes the next engine if this is the second time.
 * Requests without an answer so far are put to it, once; others fail with one error. When the worker crashes, what is pending fails with
 * the reason and `details.retry`; the next request starts another worker.
 *
 * @param worker A function that starts one: `() => new Worker(…)`. A `Worker` itself cannot be replaced: its end is the connection's.
 * @param init Handed to each worker; structured-cloneable.
 */
export function connectWorker(worker: WorkerLike | (() => WorkerLike), init: unknown): WorkerConnection {
  const pending = new Map<number, PendingRequest>()
  const losses = new Map<string, number>()
  const avoid: RejectedEngine[] = []
  const status = new BehaviorSubject<WorkerStatus>({ state: 'opening' })
  let nextId = 0
  let run: WorkerRun | undefined
  /** Set when nothing can be asked any more. */
  let closed: VatunError | undefined
  const retry = typeof worker === 'function'

  const stopped = (what: string, why?: string) => {
    const remedy = retry ? 'try again' : 'reload the page'
    return new VatunError('engine', `worker: ${what}, ${remedy}${why ? `: ${why}` : ''}`, { details: { retry } })
  }

  const report = firstReport(status)
  // The same error reaches every request, so a page that does not look at the report misses nothing.
  report.catch(() => undefined)

  const fail = (error: VatunError) => {
    run = undefined
    if (!retry) closed = error
    const failing = [...pending.values()]
    pending.clear()
    status.next({ state: 'failed', error })
    for (const { subscriber } of failing) subscriber.error(error)
  }

  const replace = (engine: RejectedEngine) => {
    const error = stopped(`${engine.name} stopped`, engine.reason)
    if (!retry) return fail(error)
    const count = (losses.get(engine.name) ?? 0) + 1
    losses.set(engine.name, count)
    if (count > lossesAllowed) avoid.push({ ...engine, reason: `it stopped ${count} times: ${engine.reason}` })
    const failing = [...pending].filter(([, { answered, resent }]) => answered || resent)
    for (const [id] of failing) pending.delete(id)
    start(engine)
    for (const request of pending.values()) {
      request.resent = true
      run?.post(request.message)
    }
    for (const [, { subscriber }] of failing) subscriber.error(error)
  }

  const start = (lost?: RejectedEngine) => {
    status.next(lost ? { state: 'opening', lost } : { state: 'opening' })
    try {
      run = runWorker(typeof worker === 'function' ? worker() : worker, init, avoid, {
        ready: (report) => status.next({ state: 'ready', report }),
        step: (id, step) => {
          const request = pending.get(id)
          if (!request) return
          request.answered = true
          request.subscriber.next(step)
        },
        complete: (id) => take(id)?.complete(),
        failed: (id, error) => take(id)?.error(error),
        lost: replace,
        unready: fail,
        crashed: (what, why) => fail(stopped(what, why)),
      })
    } catch (error) {
      fail(toVatunError(error, 'worker: cannot be started'))
    }
  }

  const take = (id: number) => {
    const subscriber = pending.get(id)?.subscriber
    pending.delete(id)
    return subscriber
  }

  const port =
    <Request, Result>(name: string): Port<Request, Result> =>
    (request) =>
      new Observable<Step<Result>>((subscriber) => {
        if (!run && !closed) start()
        const { value } = status
        if (!run) return subscriber.error(closed ?? (value.state === 'failed' ? value.error : undefined))
        const id = nextId++
        const message: PageMessage = { kind: 'request', id, port: name, request }
        try {
          run.post(message)
        } catch (cause) {
          const why = cause instanceof Error ? cause.message : String(cause)
          return subscriber.error(new VatunError('bad-input', `${name}: the request cannot be sent: ${why}`, { cause }))
        }
        pending.set(id, { subscriber, message, answered: false, resent: false })
        return () => {
          if (pending.delete(id)) run?.post({ kind: 'cancel', id })
        }
      })

  start()
  return {
    ports: {
      predict: port('predict'),
      explain: port('explain'),
      sweep: port('sweep'),
      activations: port('activations'),
      topImages: port('topImages'),
    },
    port,
    report,
    status$: status.asObservable(),
    terminate: () => {
      run?.stop()
      closed = new VatunError('engine', 'worker: was terminated, connect a new one')
      fail(closed)
      status.complete()
    },
  }
}

function firstReport(status: Observable<WorkerStatus>): Promise<BackendReport> {
  return new Promise((resolve, reject) => {
    status.subscribe((now) => {
      if (now.state === 'ready') resolve(now.report)
      else if (now.state === 'failed') reject(now.error)
    })
  })
}
