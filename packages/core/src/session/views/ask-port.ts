import {
  catchError,
  combineLatest,
  concat,
  defer,
  distinctUntilChanged,
  exhaustMap,
  filter,
  map,
  merge,
  type Observable,
  of,
  scan,
  shareReplay,
  startWith,
  switchMap,
  tap,
  throttleTime,
} from 'rxjs'
import { toVatunError, VatunError } from '../../errors.js'
import type { Port } from '../ports.js'
import { type Loadable, valueSoFar } from '../results.js'

/**
 * One request to a port as the states of its result; completes with `ready` or `failed`, never with an error. A failed result
 * keeps no value.
 */
export function askOnce<Q, R>(port: Port<Q, R>, request: Q): Observable<Loadable<R>> {
  return defer(() => {
    let last: Loadable<R> = { status: 'running', progress: { done: 0, total: 1, unit: 'steps' } }
    const running = defer(() => port(request)).pipe(
      map((step) => {
        const value = step.kind === 'value' ? step.value : valueSoFar(last)
        last = { status: 'running', progress: step.progress, ...(value !== undefined && { value }) }
        return last
      }),
    )
    const ready = defer(() => {
      const value = valueSoFar(last)
      if (value === undefined) throw new VatunError('engine', 'ask: the engine ended without an answer, try again')
      return of<Loadable<R>>({ status: 'ready', value })
    })
    return concat(running, ready).pipe(
      startWith(last),
      catchError((error: unknown) => of<Loadable<R>>({ status: 'failed', error: toVatunError(error, 'ask').toJSON() })),
    )
  })
}

/** {@link askOnce} and, after a failure, again each time that `retry` emits. */
export function askUntilReady<Q, R>(port: Port<Q, R>, request: Q, retry: Observable<unknown>): Observable<Loadable<R>> {
  return defer(() => {
    let ready = false
    return merge(of(null), retry).pipe(
      filter(() => !ready),
      exhaustMap(() => askOnce(port, request)),
      tap((answer) => {
        ready = answer.status === 'ready'
      }),
    )
  })
}

/** A request and how far its answer is. */
export interface Answer<Q, R> {
  readonly request: Q
  readonly answer: Loadable<R>
}

/**
 * The latest request and its answer. While a new request is under way the last value stays visible as the value of a `running`
 * answer, so that a picture does not flicker while a slider moves; `ready` always belongs to the latest request.
 *
 * @param requests Compared by identity.
 * @param ask Called at most once every `interval` milliseconds; unsubscribed from when the next request comes.
 */
export function askLatest<Q, R>(
  requests: Observable<Q>,
  ask: (request: Q) => Observable<Loadable<R>>,
  interval: number,
): Observable<Answer<Q, R>> {
  return defer(() => {
    const latest = requests.pipe(distinctUntilChanged(), shareReplay({ bufferSize: 1, refCount: true }))
    const answered = latest.pipe(
      throttleTime(interval, undefined, { leading: true, trailing: true }),
      switchMap((request) => ask(request).pipe(map((answer): Answer<Q, R> => ({ request, answer })))),
      scan((before, now) => ({ ...now, answer: keepValue(now.answer, before.answer) })),
      startWith(null),
    )
    return combineLatest([latest, answered]).pipe(
      map(([request, last]) => (last?.request === request ? last : { request, answer: outdated(last?.answer) })),
    )
  })
}

/** An answer without a value takes over the value that was shown before. */
function keepValue<R>(answer: Loadable<R>, before: Loadable<R>): Loadable<R> {
  const value = valueSoFar(before)
  return answer.status === 'running' && answer.value === undefined && value !== undefined
    ? { ...answer, value }
    : answer
}

/** The state of a request that nobody has begun to answer. */
export function outdated<R>(before: Loadable<R> | undefined): Loadable<R> {
  const value = before && valueSoFar(before)
  return { status: 'running', progress: { done: 0, total: 1, unit: 'steps' }, ...(value !== undefined && { value }) }
}
