import type { Bundle } from '@vatun/backend-node'
import { type Step, streamOf } from '@vatun/core'
import { fromEvent, type Observable, takeUntil } from 'rxjs'

/** How a result lies in a bundle: files that all have to be there. */
export interface StoredForm<T> {
  /** Names of the files in the bundle. */
  readonly files: readonly string[]
  /** Content of the files, in the same order. */
  readonly encode: (value: T) => readonly Uint8Array[]
  readonly decode: (contents: readonly Uint8Array[]) => T
}

/**
 * A result that outlives the process: read from the bundle if it was computed with the same key, else computed and written. The
 * stream completes after the result is on disk.
 *
 * @param onAgain Told why a result that is there cannot be used.
 */
export function storedResult<T>(
  bundle: Bundle,
  key: string,
  form: StoredForm<T>,
  compute: () => Observable<Step<T>>,
  onAgain: (why: string) => void,
): Observable<Step<T>> {
  return streamOf<Step<T>>(async (emit, signal) => {
    const found = await Promise.all(form.files.map((file) => bundle.readResult(file, key)))
    const contents = found.filter((content) => content !== undefined)
    if (contents.length === form.files.length) {
      emit({ kind: 'value', value: form.decode(contents), progress: { done: 1, total: 1, unit: 'stored' } })
      return
    }
    const stored = form.files.map((file) => bundle.manifest.results[file]).filter((entry) => entry !== undefined)
    if (stored.length > 0)
      onAgain(stored.some((entry) => entry.key !== key) ? 'its parameters have changed' : 'a file of it is damaged')
    let newest: { value: T } | undefined
    await compute()
      .pipe(takeUntil(fromEvent(signal, 'abort')))
      .forEach((step) => {
        if (step.kind === 'value') newest = { value: step.value }
        emit(step)
      })
    if (signal.aborted || !newest) return
    const encoded = form.encode(newest.value)
    for (const [i, file] of form.files.entries()) await bundle.writeResult(file, encoded[i]!, key)
    await bundle.removeStore(key)
  })
}
