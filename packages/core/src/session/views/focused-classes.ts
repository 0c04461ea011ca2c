import { combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs'
import { valueSoFar } from '../results.js'
import { type Session, selectedImages } from '../session.js'
import { labelOf, predictedOf } from './testing-image.js'

/** A selection of more classes than these has none in focus. */
const fewClasses = 6

/**
 * The classes that a person looks at, in any view: true and predicted class of the image in the testing view, the class of the simulation, and the classes of
 * the selection where these are few. Where there are more classes than colours, views colour these first, and all the same.
 */
export function focusedClasses(session: Session): Observable<readonly number[]> {
  const { classNames } = session.subject.model
  return combineLatest([
    session.pick('image'),
    session.pick('trueClass'),
    session.pick('selection'),
    session.result('predictions').pipe(map(valueSoFar), distinctUntilChanged()),
  ]).pipe(
    map(([image, trueClass, selection, table]) => {
      const shown = image === null ? null : ({ kind: 'dataset', index: image } as const)
      const classes = [trueClass, labelOf(shown, table), predictedOf(shown, table)].filter((c) => c !== null)
      const selected = new Set<number>()
      for (const index of selectedImages(selection) ?? []) {
        const label = labelOf({ kind: 'dataset', index }, table)
        if (label !== null) selected.add(label)
        if (selected.size > fewClasses) break
      }
      const all = [...classes, ...(selected.size > fewClasses ? [] : selected)]
      return [...new Set(all)].filter((c) => c >= 0 && c < classNames.length)
    }),
    distinctUntilChanged((a, b) => a.length === b.length && a.every((c, i) => c === b[i])),
  )
}
