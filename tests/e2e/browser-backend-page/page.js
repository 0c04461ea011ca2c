// What the test drives: `connect(init)` gives a connection to a worker, and the observables of it as promises of plain data.
import { connectWorker } from '@vatun/backend-web'
import { firstValueFrom, lastValueFrom, toArray } from 'rxjs'

/** Failures as data, which is what a test can look at. */
const settle = (promise) =>
  promise.then(
    (value) => ({ value }),
    (error) => ({ error: { code: error.code, message: error.message, details: error.details } }),
  )

window.connect = (init, script = '/worker.js') => {
  const statuses = []
  const started = performance.now()
  const connection = connectWorker(() => new Worker(script, { type: 'module' }), init)
  connection.status$.subscribe((status) =>
    statuses.push({ ...status, error: status.error?.message, at: performance.now() - started }),
  )
  return {
    statuses,
    report: () => settle(connection.report),
    steps: (port, request) => settle(lastValueFrom(connection.port(port)(request).pipe(toArray()))),
    ask: (port, request) => settle(lastValueFrom(connection.port(port)(request)).then((step) => step.value)),
    /** Unsubscribes at the first step. */
    first: (port, request) => settle(firstValueFrom(connection.port(port)(request))),
    terminate: () => connection.terminate(),
  }
}
