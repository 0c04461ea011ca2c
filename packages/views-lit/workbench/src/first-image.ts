import { type Session, summarisePredictions, valueSoFar } from '@vatun/core'
import { filter, map, type Observable, take } from 'rxjs'

/**
 * The image to begin with, once, as soon as there are predictions: the most ambiguous wrong one, or the most ambiguous. Emits
 * nothing when the person has already chosen an image or there are none.
 */
export function firstImage(session: Session): Observable<number> {
  return session.result('predictions').pipe(
    map(valueSoFar),
    filter((table) => table !== undefined && table.indices.length > 0),
    take(1),
    filter(() => session.state.image === null && session.state.selection.length === 0),
    map((table) => {
      const { byMargin } = summarisePredictions(table!, session.subject.model.classNames)
      const wrong = new Set(table!.indices.filter((_, r) => table!.labels[r] !== table!.predicted[r]))
      return byMargin.find((index) => wrong.has(index)) ?? byMargin[0]!
    }),
  )
}
