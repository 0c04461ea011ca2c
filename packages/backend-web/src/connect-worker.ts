import { type BackendReport, errorFromJSON, type Port, type SessionPorts, type Step, VatunError } from '@vatun/core'
import { Observable, type Subscriber } from 'rxjs'
import type { PageMessage, WorkerMessage } from './protocol.js'

/** What {@link connectWorker} needs of a `Worker`. */
export interface WorkerLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'messageerror' | 'error', listener: (event: Event) => void): void
  terminate(): void
}

/** A worker that answers the ports of a session. */
export interface WorkerConnection {
  /** The questions of views. A port that the worker has no handler for answers with an error `unsupported`. */
  readonly ports: Required<SessionPorts>
  /** A port of any other name. */
  port<Request, Result>(name: string): Port<Request, Result>
  /** The worker's engine; rejects when it could not open what it was told to. */
  readonly report: Promise<BackendReport>
  /** Ends the worker; what is pending fails. */
  terminate(): void
}

/**
 * Connects a page to a worker that calls `servePorts` of `@vatun/backend-web/worker`.
 *
 * Each subscription to a port is one computation in the worker, unsubscribing cancels it. Requests are copied, results moved. When the
 * worker crashes, everything pending and every later request fails with the reason.
 *
 * @param init Handed to the worker; structured-cloneable
 */
export function connectWorker(worker: WorkerLike, init: unknown): WorkerConnection {
  const pending = new Map<number, Subscriber<Step<never>>>()
  let nextId = 0
  let ended: VatunError | undefined
  let ready: (report: BackendReport) => void
  let refuse: (error: VatunError) => void
  const report = new Promise<BackendReport>((resolve, reject) => {
    ready = resolve
    refuse = reject
  })
  // The same error reaches every request, so a page that does not look at the report misses nothing.
  report.catch(() => undefined)
  const post = (message: PageMessage) => worker.postMessage(message)

  const end = (error: VatunError) => {
    if (ended) return
    ended = error
    refuse(error)
    for (const subscriber of [...pending.values()]) subscriber.error(error)
    pending.clear()
    worker.terminate()
  }

  worker.addEventListener('message', (event) => {
    const { data: message } = event as MessageEvent<WorkerMessage>
    if (message.kind === 'ready') return ready(message.report)
    if (message.kind === 'unready') return end(errorFromJSON(message.error))
    const subscriber = pending.get(message.id)
    if (!subscriber) return
    if (message.kind === 'step') return subscriber.next(message.step as Step<never>)
    pending.delete(message.id)
    if (message.kind === 'complete') subscriber.complete()
    else subscriber.error(errorFromJSON(message.error))
  })
  worker.addEventListener('error', (event) => {
    const { message, filename, lineno } = event as ErrorEvent
    const what = message ? `${message} (${filename}:${lineno})` : 'its script does not load'
    end(new VatunError('engine', `worker: crashed, reload the page: ${what}`))
  })
  worker.addEventListener('messageerror', () => {
    end(new VatunError('engine', 'worker: a message could not be read, reload the page'))
  })
  post({ kind: 'init', init })

  const port =
    <Request, Result>(name: string): Port<Request, Result> =>
    (request) =>
      new Observable<Step<Result>>((subscriber) => {
        if (ended) return subscriber.error(ended)
        const id = nextId++
        pending.set(id, subscriber)
        try {
          post({ kind: 'request', id, port: name, request })
        } catch (cause) {
          pending.delete(id)
          const why = cause instanceof Error ? cause.message : String(cause)
          return subscriber.error(new VatunError('bad-input', `${name}: the request cannot be sent: ${why}`, { cause }))
        }
        return () => {
          if (pending.delete(id)) post({ kind: 'cancel', id })
        }
      })

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
    terminate: () => end(new VatunError('engine', 'worker: was terminated, connect a new one')),
  }
}
