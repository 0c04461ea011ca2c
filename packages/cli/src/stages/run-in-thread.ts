import { Worker } from 'node:worker_threads'
import { errorFromJSON, type SerializedError, type Step, VatunError } from '@vatun/core'
import { Observable } from 'rxjs'
import type { ThreadTasks } from '../compute-thread.js'

/** What a compute thread says. */
export type ThreadMessage =
  | { readonly type: 'step'; readonly step: Step<unknown> }
  | { readonly type: 'done' }
  | { readonly type: 'error'; readonly error: SerializedError }

/**
 * Runs a computation that needs no model in a thread of its own, so that neither the server nor the pool waits for it.
 * Unsubscribing ends the thread.
 */
export function runInThread<T extends keyof ThreadTasks>(
  task: T,
  input: ThreadTasks[T]['input'],
): Observable<Step<ThreadTasks[T]['result']>> {
  return new Observable((subscriber) => {
    const thread = new Worker(new URL('./compute-thread.js', import.meta.url), { workerData: { task, input } })
    thread.on('message', (message: ThreadMessage) => {
      if (message.type === 'step') subscriber.next(message.step as Step<ThreadTasks[T]['result']>)
      else if (message.type === 'done') subscriber.complete()
      else subscriber.error(errorFromJSON(message.error))
    })
    thread.on('error', (cause) =>
      subscriber.error(new VatunError('engine', `${task}: the thread failed (${cause.message})`, { cause })),
    )
    thread.on('exit', (code) => {
      if (!subscriber.closed) subscriber.error(new VatunError('engine', `${task}: the thread ended with code ${code}`))
    })
    return () => void thread.terminate()
  })
}
