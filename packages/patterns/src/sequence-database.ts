/**
 * Sequences in one flat array with dense items: item `a` stands for `alphabet[a]`, and the order of items is kept.
 * Infrequent items can be in no frequent pattern: they are left out, or are −1 where positions have to be kept.
 */
export interface SequenceDatabase {
  /** Dense items of all sequences, one after the other. */
  readonly items: Int32Array
  /** `[n + 1]` where each sequence begins; the last entry is the end. */
  readonly starts: Int32Array
  /** Items that occur in at least `minSupport` sequences, ascending. */
  readonly alphabet: readonly number[]
}

/** Builds the database. @param keepPositions Infrequent items become −1 instead of being left out. */
export function sequenceDatabase(
  sequences: readonly ArrayLike<number>[],
  minSupport: number,
  keepPositions: boolean,
): SequenceDatabase {
  const support = new Map<number, { count: number; last: number }>()
  let length = 0
  for (const [s, sequence] of sequences.entries()) {
    length += sequence.length
    for (let i = 0; i < sequence.length; i++) {
      const item = sequence[i]!
      const entry = support.get(item)
      if (!entry) support.set(item, { count: 1, last: s })
      else if (entry.last !== s) {
        entry.count++
        entry.last = s
      }
    }
  }
  const alphabet = [...support]
    .flatMap(([item, { count }]) => (count >= minSupport ? [item] : []))
    .sort((a, b) => a - b)
  const dense = new Map(alphabet.map((item, a) => [item, a]))
  const items = new Int32Array(length)
  const starts = new Int32Array(sequences.length + 1)
  let filled = 0
  for (const [s, sequence] of sequences.entries()) {
    for (let i = 0; i < sequence.length; i++) {
      const item = dense.get(sequence[i]!) ?? -1
      if (item >= 0 || keepPositions) items[filled++] = item
    }
    starts[s + 1] = filled
  }
  return { items: items.subarray(0, filled), starts, alphabet }
}
