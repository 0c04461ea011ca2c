import { yieldToEventLoop } from '@vatun/core'

/** A long computation that offers a pause at each `yield`. */
export type Pausing<T> = Generator<void, T, void>

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 25

/** Runs a computation to its end, giving the event loop a turn now and then. Rejects with the signal's reason when aborted. */
export async function cooperate<T>(computation: Pausing<T>, signal?: AbortSignal): Promise<T> {
  signal?.throwIfAborted()
  let resumed = performance.now()
  for (let step = computation.next(); ; step = computation.next()) {
    if (step.done) return step.value
    if (performance.now() - resumed < SLICE) continue
    await yieldToEventLoop()
    signal?.throwIfAborted()
    resumed = performance.now()
  }
}
