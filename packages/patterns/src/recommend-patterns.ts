import type { NeuralPattern } from '@vatun/core'
import { VatunError } from '@vatun/core'
import { type FilterSequences, filterOf } from './filter-sequences.js'
import type { SequencePattern } from './mine-sequences.js'
import { patternInformation } from './pattern-information.js'

/** What the patterns were mined from. Rows are those of {@link FilterSequences}. */
export interface RecommendSource {
  readonly encoding: FilterSequences
  /** `[n]` data set index of each row. */
  readonly indices: Int32Array
  /** `[n]` true class of each row, 0 … classes − 1. */
  readonly labels: ArrayLike<number>
  readonly classes: number
}

/** Options of {@link recommendPatterns}. */
export interface RecommendOptions {
  /** Largest number of patterns, default 50. */
  readonly count?: number
  /**
   * Largest overlap of the images of two recommended patterns, as intersection over union (Jaccard), 0 … 1. Default 0.5:
   * of two patterns that share more than half of their images, only the better one is recommended.
   */
  readonly maxOverlap?: number
}

/**
 * Picks the patterns worth a person's time, greedily: each time the one with the highest
 *
 * `patternInformation · mean over its images of 1 / (1 + number of patterns already chosen that hold the image)`,
 *
 * so that a list tells about many images and not the same ones again; those whose images are nearly the ones of a chosen
 * pattern are left out, and so are those that tell nothing (0 bits or less). Ties go to higher support, then to the order
 * of the input.
 *
 * @returns Patterns, best first, with images as data set indices and counts per true class.
 * @throws VatunError `bad-input` for a label that is no class.
 */
export function recommendPatterns(
  patterns: readonly SequencePattern[],
  source: RecommendSource,
  options: RecommendOptions = {},
): readonly NeuralPattern[] {
  const { count = 50, maxOverlap = 0.5 } = options
  const { encoding, indices, labels, classes } = source
  const images = encoding.sequences.length
  const classTotals = countClasses(indices.keys(), labels, classes)
  const itemSupports = new Map<number, number>()
  for (const sequence of encoding.sequences)
    for (const item of new Set(sequence)) itemSupports.set(item, (itemSupports.get(item) ?? 0) + 1)

  const ranked = patterns
    .map((pattern) => {
      const classCounts = countClasses(pattern.sequences, labels, classes)
      const supports = pattern.items.map((item) => itemSupports.get(item) ?? 0)
      const { support } = pattern
      const bits = patternInformation({ images, support, itemSupports: supports, classCounts, classTotals })
      return { pattern, classCounts, bits }
    })
    .filter(({ bits }) => bits > 0)
    .sort((a, b) => b.bits - a.bits || b.pattern.support - a.pattern.support)

  const chosen: (typeof ranked)[number][] = []
  const covered = new Uint32Array(images)
  let left = ranked
  while (chosen.length < count) {
    const best = mostNews(left, covered)
    if (!best) break
    chosen.push(best)
    for (const row of best.pattern.sequences) covered[row]!++
    left = left.filter((c) => overlap(c.pattern.sequences, best.pattern.sequences) <= maxOverlap && c !== best)
  }
  return chosen.map(({ pattern, classCounts }) => ({
    items: pattern.items.map((item) => filterOf(encoding, item)),
    images: pattern.sequences.map((row) => indices[row]!).sort(),
    classCounts,
  }))
}

function countClasses(rows: Iterable<number>, labels: ArrayLike<number>, classes: number): Uint32Array {
  const counts = new Uint32Array(classes)
  for (const row of rows) {
    const label = labels[row]
    if (label === undefined || counts[label] === undefined)
      throw new VatunError(
        'bad-input',
        `recommendPatterns: row ${row} has the label ${label}, expected a class index below ${classes}`,
        { details: { row, label, classes } },
      )
    counts[label]!++
  }
  return counts
}

/** The candidate with the most information about images that few chosen patterns hold; the first of equals. */
function mostNews<C extends { readonly pattern: SequencePattern; readonly bits: number }>(
  candidates: readonly C[],
  covered: Uint32Array,
): C | undefined {
  let best: C | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const candidate of candidates) {
    // Candidates are in order of bits, and no candidate gains by what is covered: the rest cannot win any more.
    if (candidate.bits <= most) break
    const { sequences, support } = candidate.pattern
    let fresh = 0
    for (const row of sequences) fresh += 1 / (1 + covered[row]!)
    const news = (candidate.bits * fresh) / support
    if (news > most) {
      most = news
      best = candidate
    }
  }
  return best
}

/** Intersection over union of two ascending lists. */
function overlap(a: Int32Array, b: Int32Array): number {
  let shared = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = a[i]! - b[j]!
    if (difference === 0) shared++
    if (difference <= 0) i++
    if (difference >= 0) j++
  }
  return shared / (a.length + b.length - shared)
}
