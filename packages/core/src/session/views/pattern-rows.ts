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
  /** The most frequent class and its share of the images. */
  readonly mainClass: number
  readonly purity: number
}

/**
 * The rows to show, in order.
 * @param options `classIndex` keeps patterns with an image of that class, most of it first; `image` keeps those that contain the
 * data set image.
 */
export function patternRows(
  table: PatternTable,
  options: { readonly order: PatternOrder; readonly classIndex?: number | null; readonly image?: number | null },
): readonly PatternRow[] {
  const { order, classIndex = null, image = null } = options
  const rows = table.patterns
    .map((pattern, position): PatternRow => {
      const support = pattern.images.length
      const mainClass = argmax(pattern.classCounts)
      return { position, pattern, support, mainClass, purity: support ? pattern.classCounts[mainClass]! / support : 0 }
    })
    .filter(({ pattern }) => classIndex === null || (pattern.classCounts[classIndex] ?? 0) > 0)
    .filter(({ pattern }) => image === null || pattern.images.includes(image))
  const share = ({ pattern, support }: PatternRow): number =>
    classIndex === null || support === 0 ? 0 : pattern.classCounts[classIndex]! / support
  const rank: Record<PatternOrder, (row: PatternRow) => number> = {
    recommended: share,
    support: (row) => row.support,
    purity: (row) => row.purity,
    mixture: (row) => -row.purity,
    length: (row) => row.pattern.items.length,
  }
  return rows.sort((a, b) => rank[order](b) - rank[order](a) || a.position - b.position)
}
