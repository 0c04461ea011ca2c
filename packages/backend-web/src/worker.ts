import { type BackendReport, type Step, toVatunError, transferables, VatunError, yieldToEventLoop } from '@vatun/core'
import { fromEvent, isObservable, type Observable, takeUntil } from 'rxjs'
import type { EngineLife } from './engine-life.js'
import type { RejectedEngine } from './prepare-backend.js'
import type { PageMessage, WorkerMessage } from './protocol.js'

/**
 * Answers requests of one port: an Observable of steps, or the promise of one value. A long computation looks at the signal
 * between batches and gives the event loop a turn there (`yieldToEventLoop` of `@vatun/core`), for cancelling arrives as a message.
 * Typed arrays in the answer are moved to the page: return copies of what is to be kept.
 */
export type PortHandler = (request: never, signal: AbortSignal) => Observable<Step<unknown>> | Promise<unknown>

/** What a worker has opened. */
export interface ServedPorts {
  readonly report: BackendReport
  /** By port name. */
  readonly handlers: Readonly<Record<string, PortHandler>>
}

/** To be handed to `prepareBackend`, which understands it: `prepareBackend({ ...engine })`. */
export interface EngineContext {
  /** Engines that workers before this one have lost, with the reason. */
  readonly avoid: readonly RejectedEngine[]
  /** Takes the engine whose end is to be noticed. */
  readonly watch: (engine: EngineLife) => void
}

/** What {@link servePorts} needs of the worker's global scope. */
export interface PortScope {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: Event) => void): void
  readonly navigator?: { readonly locks?: Pick<LockManager, 'request'> }
}

/**
 * The worker's side of {@link connectWorker}. Opens once what the page asks for, then answers requests: one computation at a time for
 * each port, in the order of arrival; cancelled ones that have not begun are skipped. When the engine goes away, no answer leaves the worker
 * any more, for it would be worthless; the page starts another worker.
 *
 * @param open Opens engine, model and data; `init` is what the page gave to `connectWorker`
 * @param scope Default: this worker's global scope
 */
export function servePorts(
  open: (init: never, engine: EngineContext) => Promise<ServedPorts>,
  scope: PortScope = globalThis as unknown as PortScope,
): void {
  const controllers = new Map<number, AbortController>()
  const tails = new Map<string, Promise<void>>()
  let opened: Promise<ServedPorts> | undefined
  let engine: EngineLife | undefined
  let silent = false

  const post = (message: WorkerMessage) => {
    if (silent) return
    const reason = engine?.whyLost()
    if (engine && reason !== undefined) return lose(engine.name, reason)
    scope.postMessage(message, message.kind === 'step' ? transferables(message.step) : [])
  }
  const lose = (name: string, reason: string) => {
    if (silent) return
    silent = true
    scope.postMessage({ kind: 'lost', name, reason } satisfies WorkerMessage, [])
    for (const controller of controllers.values()) controller.abort()
  }
  const watch = (life: EngineLife) => {
    engine = life
    void life.lost.then((reason) => lose(life.name, reason))
  }

  const serve = async (id: number, port: string, request: unknown, signal: AbortSignal) => {
    try {
      const { handlers } = await opened!
      // Lets a cancellation in that has been sent already.
      await yieldToEventLoop()
      if (signal.aborted) return
      const handler = Object.hasOwn(handlers, port) ? handlers[port] : undefined
      if (!handler)
        throw new VatunError(
          'unsupported',
          `worker: no port "${port}", this worker answers ${Object.keys(handlers).join(', ') || 'none'}`,
        )
      const emit = (step: Step<unknown>) => {
        if (!signal.aborted) post({ kind: 'step', id, step })
      }
      const answer = handler(request as never, signal)
      if (isObservable(answer)) await answer.pipe(takeUntil(fromEvent(signal, 'abort'))).forEach(emit)
      else emit({ kind: 'value', value: await answer, progress: { done: 1, total: 1, unit: 'answers' } })
      if (!signal.aborted) post({ kind: 'complete', id })
    } catch (thrown) {
      const error = toVatunError(thrown, `worker: ${port}`)
      // An engine that goes away makes computations fail before it is known to be gone.
      if (engine && error.code === 'engine') await (engine.settle?.() ?? Promise.race([engine.lost, pause(50)]))
      if (!signal.aborted) post({ kind: 'error', id, error: error.toJSON() })
    } finally {
      controllers.delete(id)
    }
  }

  scope.addEventListener('message', (event) => {
    const { data: message } = event as MessageEvent<PageMessage>
    if (message.kind === 'init') {
      if (opened) return
      holdLock(scope, message.lock, () => post({ kind: 'alive' }))
      opened = open(message.init as never, { avoid: message.avoid, watch })
      opened.then(
        ({ report }) => post({ kind: 'ready', report }),
        (error: unknown) => post({ kind: 'unready', error: toVatunError(error, 'worker').toJSON() }),
      )
    } else if (message.kind === 'cancel') controllers.get(message.id)?.abort()
    else {
      const { id, port, request } = message
      const controller = new AbortController()
      controllers.set(id, controller)
      const previous = tails.get(port) ?? Promise.resolve()
      tails.set(
        port,
        previous.then(() => serve(id, port, request, controller.signal)),
      )
    }
  })
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** A worker that dies without a word (out of memory, ended by the browser) lets go of its lock: that is how the page notices. */
function holdLock({ navigator }: PortScope, name: string, onHeld: () => void): void {
  void navigator?.locks?.request(name, () => {
    onHeld()
    return new Promise(() => undefined)
  })
}
