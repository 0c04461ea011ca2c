import { catchError, defer, map, type Observable, of, startWith } from 'rxjs'
import { toVatunError } from '../../errors.js'
import type { Port } from '../ports.js'
import type { Loadable } from '../results.js'

/**
 * Asks a port and tells the answer as a {@link Loadable}: running from the first moment, ready with the last value, failed with
 * the error. Never errors itself, so that the next request still gets through.
 */
export function loadPort<Request, Result>(
  port: Port<Request, Result>,
  request: Request,
  where: string,
): Observable<Loadable<Result>> {
  let value: Result | undefined
  return defer(() => port(request)).pipe(
    map((step): Loadable<Result> => {
      if (step.kind === 'value') value = step.value
      const { progress } = step
      if (value === undefined) return { status: 'running', progress }
      return progress.done >= progress.total ? { status: 'ready', value } : { status: 'running', progress, value }
    }),
    startWith<Loadable<Result>>({ status: 'running', progress: { done: 0, total: 1, unit: 'requests' } }),
    catchError((thrown: unknown) =>
      of<Loadable<Result>>({ status: 'failed', error: toVatunError(thrown, where).toJSON() }),
    ),
  )
}
