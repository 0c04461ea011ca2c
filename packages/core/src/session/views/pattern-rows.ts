import type { NeuralPattern, PatternTable } from '../../patterns.js'
import { argmax } from '../../predictions.js'

/** Orders of the pattern list. */
export type PatternOrder = 'recommended' | 'support' | 'purity' | 'mixture' | 'length'

/** A pattern as a row of a list. */
export interface PatternRow {
  /** In the pattern table: what `state.pattern` holds. */
  readonly position: number
  readonly pattern: NeuralPattern
  readonly support: number
  /** The class asked for, or the most frequent one, and its share of the images. */
  readonly classIndex: number
  readonly share: number
}

/**
 * The rows to show, in order.
 * @param options `classIndex` keeps patterns with an image of that class; `image` keeps those that contain the data set image.
 */
export function patternRows(
  table: PatternTable,
  options: { readonly order: PatternOrder; readonly classIndex?: number | null; readonly image?: number | null },
): readonly PatternRow[] {
  const { order, image = null } = options
  const rank = ranks[order]
  return table.patterns
    .map((pattern, position): PatternRow => {
      const support = pattern.images.length
      const classIndex = options.classIndex ?? argmax(pattern.classCounts)
      const count = pattern.classCounts[classIndex] ?? 0
      return { position, pattern, support, classIndex, share: support === 0 ? 0 : count / support }
    })
    .filter(({ share }) => (options.classIndex ?? null) === null || share > 0)
    .filter(({ pattern }) => image === null || pattern.images.includes(image))
    .sort((a, b) => rank(b) - rank(a) || a.position - b.position)
}

const ranks: Record<PatternOrder, (row: PatternRow) => number> = {
  recommended: () => 0,
  support: ({ support }) => support,
  purity: ({ share }) => share,
  mixture: ({ share }) => -share,
  length: ({ pattern }) => pattern.items.length,
}
