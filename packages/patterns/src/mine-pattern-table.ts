import type { PatternTable, Step } from '@vatun/core'
import { VatunError } from '@vatun/core'
import { defer, map, type Observable } from 'rxjs'
import { type FilterSequences, type SequenceLayer, sequencesOf } from './filter-sequences.js'
import { type MiningOptions, minePatterns } from './mine-sequences.js'
import { type RecommendOptions, recommendPatterns } from './recommend-patterns.js'

/** What a survey tells that patterns need, with labels. Row `r` is data set image `indices[r]`. */
export interface PatternSource {
  /** `[n]` data set indices. */
  readonly indices: Int32Array
  /** `[n]` true class of each row, 0 … classes − 1. */
  readonly labels: ArrayLike<number>
  readonly classes: number
  /** `[n, filters]` spatial maximum of every filter of every convolution layer, layers in order of execution. */
  readonly maxima: Float32Array
  readonly filters: number
  /** The convolution layers in the same order. */
  readonly layers: readonly SequenceLayer[]
}

/** Options of {@link minePatternTable}. */
export interface PatternTableOptions extends RecommendOptions, Pick<MiningOptions, 'minLength' | 'maxLength'> {
  /** Least number of images of a pattern. Default: 1 % of the images, at least 3. */
  readonly minSupport?: number
  /** Closed (default) or maximal patterns; see `MiningOptions`. */
  readonly kind?: 'closed' | 'maximal'
  /**
   * Filters that are the most activated ones of their layer for more than this share of the images are left out before mining:
   * they tell nothing, and would be in every pattern. 0 … 1, default 0.5.
   */
  readonly maxItemShare?: number
}

/**
 * From the maxima of a survey to recommended neural patterns: sequences of most activated filters, their closed frequent
 * sub-sequences of at least two filters (`minLength`), ranked and freed of near duplicates (`recommendPatterns`).
 *
 * @returns A cold stream: progress, then one table. Unsubscribing stops the search.
 * @throws VatunError (on the stream) `bad-input` if lengths, layers, labels or options do not fit.
 */
export function minePatternTable(
  source: PatternSource,
  options: PatternTableOptions = {},
): Observable<Step<PatternTable>> {
  return defer(() => {
    const { indices, labels, classes } = source
    const images = indices.length
    const { kind = 'closed', minSupport = Math.max(3, Math.ceil(images * 0.01)), minLength = 2 } = options
    const { maxItemShare = 0.5, maxLength } = options
    if (source.maxima.length !== images * source.filters || labels.length !== images)
      throw new VatunError(
        'bad-input',
        `minePatternTable: ${source.maxima.length} maxima and ${labels.length} labels do not fit ${images} images of ${source.filters} filters, pass rows of one survey`,
        { details: { images, labels: labels.length, maxima: source.maxima.length, filters: source.filters } },
      )
    const encoding = sequencesOf(source, source.layers)
    const mining = { kind, minSupport, minLength, ...(maxLength === undefined ? {} : { maxLength }) }
    return minePatterns(withoutCommon(encoding, maxItemShare), mining).pipe(
      map((step): Step<PatternTable> => {
        const progress = { ...step.progress, unit: 'filters' }
        if (step.kind === 'progress') return { ...step, progress }
        const patterns = recommendPatterns(step.value, { encoding, indices, labels, classes }, options)
        return { ...step, progress, value: { images, minSupport, patterns } }
      }),
    )
  })
}

/** The sequences without the items that more than `maxShare` of them have. */
function withoutCommon({ sequences }: FilterSequences, maxShare: number): readonly Int32Array[] {
  const counts = new Map<number, number>()
  for (const sequence of sequences) for (const item of sequence) counts.set(item, (counts.get(item) ?? 0) + 1)
  return sequences.map((sequence) => sequence.filter((item) => counts.get(item)! <= maxShare * sequences.length))
}
