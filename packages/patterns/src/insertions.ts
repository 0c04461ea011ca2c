import type { Projection } from './projection.js'
import type { SequenceDatabase } from './sequence-database.js'

/**
 * Tells whether a pattern can be lengthened before or between its items, which is what makes it not closed or not maximal
 * although nothing extends it to the right (Wang & Han, "BIDE", ICDE 2004: the maximum and semi-maximum periods).
 *
 * An item can be inserted before item `g` of the pattern, within a sequence, if it lies after the leftmost match of the first
 * `g` items and before the rightmost match of the others.
 */
export class InsertionTest {
  readonly #database: SequenceDatabase
  readonly #counts: Int32Array
  readonly #seen: Float64Array
  #stamp = 0

  constructor(database: SequenceDatabase) {
    this.#database = database
    this.#counts = new Int32Array(database.alphabet.length)
    this.#seen = new Float64Array(database.alphabet.length)
  }

  /**
   * Whether one and the same item can be inserted at one and the same place in at least `threshold` of the pattern's sequences.
   *
   * @param within `sequence`: the rightmost match may lie anywhere. `prefix`: only up to the end of the leftmost match; what
   * can be inserted there in all sequences, can be inserted in all patterns that begin with this one (BIDE's BackScan).
   */
  possible(
    pattern: readonly number[],
    projection: Projection,
    threshold: number,
    within: 'sequence' | 'prefix',
  ): boolean {
    for (let gap = 0; gap < pattern.length; gap++)
      if (this.#possibleAt(gap, pattern, projection, threshold, within)) return true
    return false
  }

  #possibleAt(
    gap: number,
    pattern: readonly number[],
    { sequences, ends, support }: Projection,
    threshold: number,
    within: 'sequence' | 'prefix',
  ): boolean {
    const { items, starts } = this.#database
    const call = this.#stamp
    let most = 0
    for (let k = 0; k < support; k++) {
      // The best item so far cannot reach the threshold any more, even if all other sequences hold it.
      if (most + support - k < threshold) return false
      const sequence = sequences[k]!
      const stamp = ++this.#stamp
      const from = leftmost(items, starts[sequence]!, pattern, gap)
      const to = rightmost(items, within === 'prefix' ? ends[k]! : starts[sequence + 1]! - 1, pattern, gap)
      for (let p = from; p < to; p++) {
        const item = items[p]!
        const last = this.#seen[item]!
        if (last === stamp) continue
        this.#seen[item] = stamp
        const count = last > call ? this.#counts[item]! + 1 : 1
        this.#counts[item] = count
        if (count > most) most = count
      }
    }
    return most >= threshold
  }
}

/** Position after the leftmost match of the pattern's first `length` items, from `start` on. */
function leftmost(items: Int32Array, start: number, pattern: readonly number[], length: number): number {
  let position = start
  for (let i = 0; i < length; i++) {
    while (items[position] !== pattern[i]) position++
    position++
  }
  return position
}

/** Position of the first item of the rightmost match of the pattern's items from `first` on, at or before `end`. */
function rightmost(items: Int32Array, end: number, pattern: readonly number[], first: number): number {
  let position = end
  for (let i = pattern.length - 1; ; i--) {
    while (items[position] !== pattern[i]) position--
    if (i === first) return position
    position--
  }
}
