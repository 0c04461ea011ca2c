import type { Pipeline } from '../augmentation.js'
import type { FilterRef } from '../patterns.js'

/** Views that can be the source of a selection. */
export type ViewName = 'embedding' | 'testing' | 'network' | 'simulation'

/** What one view contributes to the selection. Views are filtered by the clauses of the others, never by their own. */
export interface SelectionClause {
  readonly source: ViewName
  /** For the chip, in the user's words: `12 selected`, `pattern 3`, `cat → dog`. */
  readonly label: string
  /** Data set indices, ascending, unique. */
  readonly indices: readonly number[]
}

/** Everything that a person has chosen; JSON-serialisable, so that a link restores it. */
export interface SessionState {
  /** At most one clause a view. */
  readonly selection: readonly SelectionClause[]
  /** Data set index under the pointer, in any view. */
  readonly hovered: number | null
  /** Data set index of the image in the testing view. */
  readonly image: number | null
  /** True class and axis in focus in the simulation view. */
  readonly trueClass: number | null
  readonly axis: string | null
  /** What the simulation view shows of them, and the magnitude it looks at; null is the one that harms most. */
  readonly measure: 'softmax' | 'accuracy' | 'flips' | 'margin'
  readonly degree: number | null
  readonly filter: FilterRef | null
  /** Position in the pattern table. */
  readonly pattern: number | null
  /** The changes made in the testing view. */
  readonly pipeline: Pipeline
  readonly colorMode: 'class' | 'confidence' | 'correctness'
  /** What Grad-CAM is asked for; a null class is the predicted one. */
  readonly explain: { readonly layer: string | null; readonly classIndex: number | null }
}

export const initialState: SessionState = {
  selection: [],
  hovered: null,
  image: null,
  trueClass: null,
  axis: null,
  measure: 'softmax',
  degree: null,
  filter: null,
  pattern: null,
  pipeline: [],
  colorMode: 'class',
  explain: { layer: null, classIndex: null },
}
