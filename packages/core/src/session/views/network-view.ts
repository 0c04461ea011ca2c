import { combineLatest, distinctUntilChanged, map, type Observable, of, switchMap } from 'rxjs'
import type { FilterRef, PatternTable } from '../../patterns.js'
import type { ActivationsResult, TopImagesResult } from '../ports.js'
import { type Loadable, valueSoFar } from '../results.js'
import { type Session, selectedImages } from '../session.js'
import { askOnce } from './ask-port.js'
import {
  emphasise,
  filterPosition,
  type NetworkEmphasis,
  type NetworkLayer,
  networkLayers,
} from './network-activations.js'

/** Everything a renderer of the network view draws. */
export interface NetworkViewState {
  readonly layers: readonly NetworkLayer[]
  /** Filters of all layers. */
  readonly filters: number
  /** Whose activations are shown; null stands for all analysed images. */
  readonly selection: { readonly label: string; readonly images: number } | null
  /** Null when no port answers, `waiting` until there are images to ask for. */
  readonly activations: Loadable<ActivationsResult> | null
  readonly emphasis: NetworkEmphasis | null
  readonly filter: FilterRef | null
  /** Of the chosen filter; null when none is chosen or no port answers. */
  readonly topImages: Loadable<TopImagesResult> | null
  readonly patterns: Loadable<PatternTable>
  /** Position in the pattern table; null also when this view selects nothing any more. */
  readonly pattern: number | null
  /** The image in the testing view. */
  readonly image: number | null
  /** What is to be seen, in words. */
  readonly finding: string
}

/** Images that the strip of a filter asks for. */
const TOP_IMAGES = 24

interface Shown {
  readonly selection: NetworkViewState['selection']
  readonly activations: NetworkViewState['activations']
  readonly emphasis: NetworkEmphasis | null
}

/**
 * The network view without a renderer. Unlike filtered views, it shows the activations of everything selected, its own clause
 * included: whoever selects a pattern wants to see what its images activate.
 * Cold: ports are asked while subscribed, and the latest request wins.
 */
export function networkView(session: Session): Observable<NetworkViewState> {
  const layers = networkLayers(session.subject.model)
  const filters = layers.reduce((sum, layer) => sum + layer.filters, 0)
  const chosen$ = session.state$.pipe(
    map(({ filter, pattern, image, selection }) => ({
      filter: filter && filterPosition(layers, filter) >= 0 ? filter : null,
      // A pattern is in focus as long as the view selects something: removing its chip ends it.
      pattern: selection.some((clause) => clause.source === 'network') ? pattern : null,
      image,
    })),
    distinctUntilChanged((a, b) => a.filter === b.filter && a.pattern === b.pattern && a.image === b.image),
  )
  return combineLatest([
    shownActivations(session, layers),
    chosen$,
    topImagesOf(session, layers),
    session.result('patterns'),
  ]).pipe(
    map(([shown, { filter, pattern, image }, topImages, patterns]) => {
      const known = pattern !== null && pattern < (valueSoFar(patterns)?.patterns.length ?? 0) ? pattern : null
      const state = { layers, filters, ...shown, filter, topImages, patterns, pattern: known, image }
      return { ...state, finding: networkFinding(state) }
    }),
  )
}

function shownActivations(session: Session, layers: readonly NetworkLayer[]): Observable<Shown> {
  const analysed$ = session.result('predictions').pipe(
    map((predictions) => valueSoFar(predictions)?.indices ?? null),
    distinctUntilChanged(),
  )
  return combineLatest([session.pick('selection'), analysed$]).pipe(
    map(([clauses, analysed]) => {
      const images = selectedImages(clauses)
      if (images === null) return { selection: null, indices: analysed === null ? [] : [...analysed] }
      const label = clauses.map((clause) => clause.label).join(' and ')
      return { selection: { label, images: images.size }, indices: [...images] }
    }),
    distinctUntilChanged(
      (a, b) =>
        a.selection?.label === b.selection?.label &&
        a.indices.length === b.indices.length &&
        a.indices.every((index, i) => index === b.indices[i]),
    ),
    switchMap(({ selection, indices }): Observable<Shown> => {
      const port = session.ports.activations
      if (!port) return of({ selection, activations: null, emphasis: null })
      if (indices.length === 0) return of({ selection, activations: { status: 'waiting' }, emphasis: null })
      return askOnce(port, { indices }).pipe(
        map((activations) => {
          const value = valueSoFar(activations)
          return { selection, activations, emphasis: value ? emphasise(layers, value, selection !== null) : null }
        }),
      )
    }),
  )
}

function topImagesOf(session: Session, layers: readonly NetworkLayer[]): Observable<NetworkViewState['topImages']> {
  const port = session.ports.topImages
  return session
    .pick('filter')
    .pipe(
      switchMap((filter) =>
        port && filter && filterPosition(layers, filter) >= 0
          ? askOnce(port, { layer: filter.layer, filter: filter.filter, count: TOP_IMAGES })
          : of(null),
      ),
    )
}

/** Selects the images of a pattern and puts it in focus, as one step to undo; clears the selection when it was in focus. */
export function choosePattern(session: Session, position: number): void {
  const selects = session.state.selection.some(({ source }) => source === 'network')
  if (selects && session.state.pattern === position) {
    session.clearSelection('network')
    return
  }
  const images = valueSoFar(session.results.patterns)?.patterns[position]?.images ?? []
  session.select('network', `pattern ${position + 1}`, images)
  session.update({ pattern: position }, { undoable: false })
}

/** Name of a filter for people: `conv5_3 · 101`. */
export function filterLabel({ layer, filter }: FilterRef): string {
  return `${layer} · ${filter}`
}

function networkFinding({ selection, emphasis }: Omit<NetworkViewState, 'finding'>): string {
  if (selection?.images === 0) return 'The selections have no image in common'
  if (!emphasis) return ''
  const { silent, standouts } = emphasis
  const best = standouts[0]
  if (!selection)
    return silent === 0
      ? 'Every filter is active for some images'
      : `${silent.toLocaleString('en-US')} ${silent === 1 ? 'filter hardly ever reacts' : 'filters hardly ever react'} to any image`
  if (!best) return 'No filter is more active than on average'
  return `${filterLabel(best)} stands out most: ${number(best.activation)}, on average ${number(best.baseline)}`
}

function number(value: number): string {
  return value.toPrecision(value >= 100 ? 3 : 2)
}
