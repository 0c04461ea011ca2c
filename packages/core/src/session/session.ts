import { BehaviorSubject, distinctUntilChanged, map, type Observable } from 'rxjs'
import type { Axis } from '../augmentation.js'
import type { BackendReport } from '../backend-report.js'
import type { ClassifierInfo } from '../classifier.js'
import type { SessionPorts } from './ports.js'
import type { SessionResults } from './results.js'
import { initialState, type SelectionClause, type SessionState, type ViewName } from './state.js'

/** What a session is about; does not change during its life. */
export interface SessionSubject {
  readonly model: ClassifierInfo
  readonly dataset: {
    readonly name: string
    readonly length: number
    /** By data set index, what analysed images are called; absent where they have no names. See `Dataset.file`. */
    readonly files?: Readonly<Record<number, string>>
  }
  /** Images in the analysis, at most `dataset.length`. */
  readonly images: number
  /** Changes that sliders, sweeps and simulations offer, in the order of display. */
  readonly axes: readonly Axis[]
}

/** Engines at work and what they are doing, for the status line. */
export interface SessionStatus {
  readonly engines: readonly { readonly where: string; readonly report: BackendReport }[]
  /** `share` 0…1; NaN for trouble that is to be told and has no progress. */
  readonly tasks: readonly { readonly label: string; readonly share: number; readonly secondsLeft: number | null }[]
}

/**
 * The coordination of views without a renderer: what is chosen, what is known, and whom to ask. One explicit instance is shared
 * by the views of a page; several can live side by side.
 */
export class Session {
  readonly subject: SessionSubject
  readonly ports: SessionPorts
  readonly #state: BehaviorSubject<SessionState>
  readonly #results: BehaviorSubject<SessionResults>
  readonly #status = new BehaviorSubject<SessionStatus>({ engines: [], tasks: [] })
  readonly #past: SessionState[] = []

  constructor(options: { subject: SessionSubject; ports: SessionPorts; state?: Partial<SessionState> }) {
    this.subject = options.subject
    this.ports = options.ports
    this.#state = new BehaviorSubject({ ...initialState, ...options.state })
    this.#results = new BehaviorSubject<SessionResults>({
      predictions: { status: 'waiting' },
      sprites: { status: 'waiting' },
      embedding: { status: 'waiting' },
      patterns: { status: 'waiting' },
      simulation: Object.fromEntries(options.subject.axes.map((axis) => [axis.name, { status: 'waiting' as const }])),
    })
  }

  /** The state now. */
  get state(): SessionState {
    return this.#state.value
  }

  /** The state now and whenever it changes. */
  get state$(): Observable<SessionState> {
    return this.#state.asObservable()
  }

  /** The results now. */
  get results(): SessionResults {
    return this.#results.value
  }

  /** The results now and whenever one of them moves on. */
  get results$(): Observable<SessionResults> {
    return this.#results.asObservable()
  }

  get status$(): Observable<SessionStatus> {
    return this.#status.asObservable()
  }

  /** One part of the state, emitted when it is another value or object. */
  pick<K extends keyof SessionState>(key: K): Observable<SessionState[K]> {
    return this.#state.pipe(
      map((state) => state[key]),
      distinctUntilChanged(),
    )
  }

  /** One result, emitted when it moves on. */
  result<K extends keyof SessionResults>(key: K): Observable<SessionResults[K]> {
    return this.#results.pipe(
      map((results) => results[key]),
      distinctUntilChanged(),
    )
  }

  /**
   * Changes what is chosen. Hovering is not worth undoing, everything else is.
   * @param options.undoable False while a slider moves on, so that one undo takes back the whole movement.
   */
  update(patch: Partial<SessionState>, options: { readonly undoable?: boolean } = {}): void {
    const keys = Object.keys(patch) as (keyof SessionState)[]
    const before = this.#state.value
    if (keys.every((key) => before[key] === patch[key])) return
    if (options.undoable !== false && keys.some((key) => key !== 'hovered')) {
      this.#past.push(before)
      if (this.#past.length > 100) this.#past.shift()
    }
    this.#state.next({ ...before, ...patch })
  }

  /** Takes back the last {@link update}. @returns whether there was one. */
  undo(): boolean {
    const before = this.#past.pop()
    if (!before) return false
    this.#state.next({ ...before, hovered: this.#state.value.hovered })
    return true
  }

  /**
   * Replaces the clause of a view; an empty list of indices removes it. The first selected image also goes to the testing view
   * unless the image there is among the selected.
   */
  select(source: ViewName, label: string, indices: Iterable<number>): void {
    const sorted = [...new Set(indices)].sort((a, b) => a - b)
    const others = this.state.selection.filter((clause) => clause.source !== source)
    if (sorted.length === 0) {
      this.update({ selection: others })
      return
    }
    const { image } = this.state
    this.update({
      selection: [...others, { source, label, indices: sorted }],
      image: image !== null && sorted.includes(image) ? image : sorted[0]!,
    })
  }

  /** Removes the clause of one view, or of all. */
  clearSelection(source?: ViewName): void {
    this.update({ selection: source ? this.state.selection.filter((clause) => clause.source !== source) : [] })
  }

  /** Feeds results in; called by whoever computes or loads them. */
  setResults(patch: Partial<SessionResults>): void {
    this.#results.next({ ...this.#results.value, ...patch })
  }

  /** Feeds the status line. */
  setStatus(patch: Partial<SessionStatus>): void {
    this.#status.next({ ...this.#status.value, ...patch })
  }
}

/**
 * Images that the clauses agree on, as a set of data set indices; null when nothing restricts them.
 * @param except The view whose own clause is not to count.
 */
export function selectedImages(selection: readonly SelectionClause[], except?: ViewName): ReadonlySet<number> | null {
  const clauses = selection.filter((clause) => clause.source !== except)
  if (clauses.length === 0) return null
  const [first, ...rest] = clauses.map((clause) => new Set(clause.indices))
  return new Set([...first!].filter((index) => rest.every((set) => set.has(index))))
}
