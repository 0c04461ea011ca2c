import {
  combineLatest,
  concat,
  distinctUntilChanged,
  map,
  type Observable,
  of,
  scan,
  startWith,
  switchMap,
  timer,
} from 'rxjs'
import type { ImageRef, SweepRequest, SweepResult } from '../ports.js'
import { type Loadable, valueSoFar } from '../results.js'
import type { Session } from '../session.js'
import { askOnce, outdated } from './ask-port.js'
import { imageKey } from './testing-image.js'
import { sweepPipeline } from './testing-pipeline.js'

const waiting: Loadable<SweepResult> = { status: 'waiting' }

/** Sweeps of one image by axis name. */
export type Sweeps = Readonly<Record<string, Loadable<SweepResult>>>

/** What {@link askSweeps} depends on. */
export interface SweepInputs {
  readonly session: Session
  readonly visible: Observable<boolean>
  readonly retry: Observable<unknown>
  /** Rest after the last change, in milliseconds. */
  readonly rest: number
  readonly cache: SweepCache
}

/**
 * The sweeps of an image under the session's pipeline. Asks for one axis after the other once the changes have come to rest and
 * the sweeps are visible; what is in the cache is not asked again.
 */
export function askSweeps(image: ImageRef | null, inputs: SweepInputs): Observable<Sweeps> {
  const { session, visible, retry, rest, cache } = inputs
  const { axes } = session.subject
  const port = session.ports.sweep
  const none: Sweeps = Object.fromEntries(axes.map((axis) => [axis.name, waiting]))
  if (!image || !port) return of(none)
  return combineLatest([
    session.pick('pipeline'),
    visible.pipe(distinctUntilChanged()),
    retry.pipe(startWith(null)),
  ]).pipe(
    switchMap(([pipeline, wanted]) => {
      const requests = axes.map((axis) => ({ image, pipeline: sweepPipeline(pipeline, axis), axis }))
      const known = requests.flatMap((request): [string, Loadable<SweepResult> | null][] => {
        const value = cache.get(request)
        return [[request.axis.name, value ? { status: 'ready', value } : null]]
      })
      const missing = requests.filter((request) => !cache.get(request))
      const answers = concat(
        ...missing.map((request) =>
          askOnce(port, request).pipe(
            map((answer): [string, Loadable<SweepResult>][] => {
              if (answer.status === 'ready') cache.set(request, answer.value)
              return [[request.axis.name, answer]]
            }),
          ),
        ),
      )
      return wanted && missing.length > 0 ? concat(of(known), timer(rest).pipe(switchMap(() => answers))) : of(known)
    }),
    scan((before: Sweeps, news) => {
      const next = news.map(([name, answer]): [string, Loadable<SweepResult>] => {
        const shown = before[name] ?? waiting
        const value = valueSoFar(shown)
        if (answer === null) return [name, value ? outdated(shown) : waiting]
        return [name, answer.status === 'running' && !answer.value && value ? { ...answer, value } : answer]
      })
      return { ...before, ...Object.fromEntries(next) }
    }, none),
  )
}

/** The last sweeps, by image, pipeline and axis. */
export class SweepCache {
  readonly #values = new Map<string, SweepResult>()

  get(request: SweepRequest): SweepResult | undefined {
    return this.#values.get(sweepKey(request))
  }

  set(request: SweepRequest, value: SweepResult): void {
    this.#values.set(sweepKey(request), value)
    const [oldest] = this.#values.keys()
    if (this.#values.size > 100 && oldest !== undefined) this.#values.delete(oldest)
  }
}

function sweepKey({ image, pipeline, axis }: SweepRequest): string {
  return JSON.stringify([imageKey(image), axis.name, pipeline])
}
