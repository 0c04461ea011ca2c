import { type BackendReport, errorFromJSON, type Step, type VatunError } from '@vatun/core'
import type { RejectedEngine } from './prepare-backend.js'
import type { PageMessage, WorkerMessage } from './protocol.js'

/** What `connectWorker` needs of a `Worker`. */
export interface WorkerLike {
  postMessage(message: unknown): void
  addEventListener(type: 'message' | 'messageerror' | 'error', listener: (event: Event) => void): void
  terminate(): void
}

/** What a worker tells, in the page's terms. */
export interface WorkerEvents {
  ready(report: BackendReport): void
  step(id: number, step: Step<never>): void
  complete(id: number): void
  failed(id: number, error: VatunError): void
  /** The engine is gone, the worker of no use any more. */
  lost(engine: RejectedEngine): void
  /** The worker could not open what it should. */
  unready(error: VatunError): void
  /** The worker is dead. @param what A verb in the past. @param why What the browser says. */
  crashed(what: string, why?: string): void
}

/** One life of a worker: from its first message to its end, after which it tells nothing more. */
export interface WorkerRun {
  post(message: PageMessage): void
  stop(): void
}

/** Gives a worker its first message and translates what it says. */
export function runWorker(
  worker: WorkerLike,
  init: unknown,
  avoid: readonly RejectedEngine[],
  events: WorkerEvents,
): WorkerRun {
  let over = false
  const end = (tell: () => void) => {
    if (over) return
    over = true
    worker.terminate()
    tell()
  }
  const crash = (what: string, why?: string) => end(() => events.crashed(what, why))
  const lock = `vatun-worker-${globalThis.crypto.randomUUID()}`

  worker.addEventListener('message', (event) => {
    if (over) return
    const { data: message } = event as MessageEvent<WorkerMessage>
    if (message.kind === 'alive') awaitRelease(lock, () => crash('ended without a word'))
    else if (message.kind === 'ready') events.ready(message.report)
    else if (message.kind === 'unready') end(() => events.unready(errorFromJSON(message.error)))
    else if (message.kind === 'lost') end(() => events.lost({ name: message.name, reason: message.reason }))
    else if (message.kind === 'step') events.step(message.id, message.step as Step<never>)
    else if (message.kind === 'complete') events.complete(message.id)
    else events.failed(message.id, errorFromJSON(message.error))
  })
  worker.addEventListener('error', (event) => {
    const { message, filename, lineno } = event as ErrorEvent
    crash('crashed', message ? `${message} (${filename}:${lineno})` : 'its script does not load')
  })
  worker.addEventListener('messageerror', () => crash('sent a message that cannot be read'))

  worker.postMessage({ kind: 'init', init, avoid, lock } satisfies PageMessage)
  return {
    post: (message) => worker.postMessage(message),
    stop: () => end(() => undefined),
  }
}

/** Calls back when whoever holds the lock has let go of it. */
function awaitRelease(lock: string, onRelease: () => void): void {
  if (typeof navigator === 'undefined') return
  void (navigator as Partial<Navigator>).locks?.request(lock, onRelease)
}
