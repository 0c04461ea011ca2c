import { combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs'
import type { PredictionTable } from '../../predictions.js'
import { type EmbeddingTable, type Loadable, valueSoFar } from '../results.js'
import { type Session, selectedImages } from '../session.js'
import type { SessionState } from '../state.js'
import { classRows } from './class-rows.js'
import { type EmbeddingPoints, embeddingPoints } from './embedding-points.js'
import { describeSummary, type PredictionSummary, summarisePredictions } from './embedding-summary.js'
import { focusedClasses } from './focused-classes.js'

/** Everything a renderer of the embedding view draws. */
export interface EmbeddingViewState {
  readonly embedding: Loadable<EmbeddingTable>
  readonly predictions: Loadable<PredictionTable>
  /** Null while there is no layout. */
  readonly points: EmbeddingPoints | null
  /** Null while there are no predictions. */
  readonly summary: PredictionSummary | null
  /** Classes that get a colour where there are more than colours, most important first: those in focus, then those that are wrong most. */
  readonly focused: readonly number[]
  readonly colorMode: SessionState['colorMode']
  /** Data set indices that every clause agrees on, the view's own included: drawn in full colour. Null: all of them. */
  readonly emphasised: ReadonlySet<number> | null
  readonly hovered: number | null
  /** The image in the testing view. */
  readonly image: number | null
  /** Data set indices, most ambiguous first, only images that the clauses of other views agree on; 60 at most. */
  readonly ambiguous: readonly number[]
  /** What is to be seen, in words. */
  readonly finding: string
}

/** Images in {@link EmbeddingViewState.ambiguous}. */
const AMBIGUOUS = 60
/** Colours that a person tells apart. */
const COLORED = 10

/** The embedding view without a renderer. Cold; joins and counts again only when a result moves on. */
export function embeddingView(session: Session): Observable<EmbeddingViewState> {
  const { classNames } = session.subject.model
  const predictions$ = session.result('predictions')
  const table$ = predictions$.pipe(map(valueSoFar), distinctUntilChanged())
  const embedding$ = session.result('embedding')
  const layout$ = embedding$.pipe(map(valueSoFar), distinctUntilChanged())
  const points$ = combineLatest([layout$, table$]).pipe(
    map(([layout, table]) => (layout ? embeddingPoints(layout, table) : null)),
  )
  const summary$ = table$.pipe(map((table) => (table ? summarisePredictions(table, classNames) : null)))
  const selection$ = session.pick('selection').pipe(
    map((clauses) => ({
      emphasised: selectedImages(clauses),
      allowed: selectedImages(clauses, 'embedding'),
    })),
  )
  const ambiguous$ = combineLatest([summary$, selection$]).pipe(
    map(([summary, { allowed }]) => {
      const found: number[] = []
      for (const index of summary?.byMargin ?? []) {
        if (found.length === AMBIGUOUS) break
        if (allowed === null || allowed.has(index)) found.push(index)
      }
      return found
    }),
  )
  const results$ = combineLatest({
    embedding: embedding$,
    predictions: predictions$,
    points: points$,
    summary: summary$,
  })
  const focused$ = combineLatest([focusedClasses(session), summary$]).pipe(
    map(([focused, summary]) => {
      const wrong = summary ? classRows(summary, 'most wrong').slice(0, COLORED) : []
      return [...new Set([...focused, ...wrong.map(({ classIndex }) => classIndex)])]
    }),
  )
  return combineLatest([
    results$,
    selection$,
    ambiguous$,
    focused$,
    session.pick('colorMode'),
    session.pick('hovered'),
    session.pick('image'),
  ]).pipe(
    map(([results, { emphasised }, ambiguous, focused, colorMode, hovered, image]) => ({
      ...results,
      emphasised,
      ambiguous,
      focused,
      colorMode,
      hovered,
      image,
      finding: results.summary ? describeSummary(results.summary) : 'No predictions yet.',
    })),
  )
}
