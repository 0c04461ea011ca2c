import { Observable } from 'rxjs'

/** How far a computation is. `done` never decreases within one subscription. */
export interface Progress {
  readonly done: number
  readonly total: number
  /** What is counted, in the user's words and plural: `images`, `iterations`. */
  readonly unit: string
}

/** One emission of a VATUN stream: news about progress, or a (possibly still refining) value. */
export type Step<T> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'value'; readonly value: T; readonly progress: Progress }

/**
 * Bridges an async producer to a cold Observable: one subscription is one run, and unsubscribing aborts the signal.
 * Nothing is emitted after unsubscribing; an abort is not an error.
 *
 * (RxJS 7's own `from(asyncGenerator)` never returns the generator on unsubscribe, so it does not cancel.)
 *
 * @param produce Runs with the `emit` callback and the signal; it should check `signal.aborted` between batches.
 */
export function streamOf<T>(produce: (emit: (value: T) => void, signal: AbortSignal) => Promise<void>): Observable<T> {
  return new Observable<T>((subscriber) => {
    const controller = new AbortController()
    produce((value) => {
      if (!controller.signal.aborted) subscriber.next(value)
    }, controller.signal).then(
      () => {
        if (!controller.signal.aborted) subscriber.complete()
      },
      (error: unknown) => {
        if (!controller.signal.aborted) subscriber.error(error)
      },
    )
    return () => controller.abort()
  })
}

/** Gives the event loop a turn, so that a long synchronous computation can be cancelled and observed. */
export function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => soon(resolve))
}

// A timer of 0 ms takes a millisecond or more; Node has something that takes none.
const { setImmediate: soon = (resolve: () => void) => setTimeout(resolve, 0) } = globalThis as {
  setImmediate?: (resolve: () => void) => unknown
}
