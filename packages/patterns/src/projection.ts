import type { SequenceDatabase } from './sequence-database.js'

/**
 * A pattern's occurrences, by reference into the database (pseudo-projection): where matches of the pattern end. Without a gap
 * limit, the leftmost match of each sequence is enough; with one, every end counts.
 */
export interface Projection {
  /** Last item of the pattern, dense. */
  readonly item: number
  /** Length of the pattern. */
  readonly length: number
  readonly support: number
  /** Sequence of each occurrence, ascending. */
  readonly sequences: Int32Array
  /** Position in the flat database at which each occurrence ends. */
  readonly ends: Int32Array
}

/**
 * Grows patterns by one item to the right (Pei et al., "PrefixSpan", ICDE 2001).
 *
 * Holds scratch memory that all calls share, so that a call costs no more than the occurrences it looks at.
 */
export class Projector {
  readonly #database: SequenceDatabase
  readonly #minSupport: number
  readonly #maxGap: number
  /** Hits of the current call. A position is hit at most once, hence the size. */
  readonly #hitPositions: Int32Array
  readonly #hitSequences: Int32Array
  readonly #support: Int32Array
  readonly #hits: Int32Array
  /** Stamps instead of flags: nothing has to be cleared between calls. Float64 counts further than any run lasts. */
  readonly #seenItem: Float64Array
  readonly #seenPosition: Float64Array
  #stamp = 0

  constructor(database: SequenceDatabase, minSupport: number, maxGap = Number.POSITIVE_INFINITY) {
    this.#database = database
    this.#minSupport = minSupport
    this.#maxGap = maxGap
    this.#hitPositions = new Int32Array(database.items.length)
    this.#hitSequences = new Int32Array(database.items.length)
    this.#support = new Int32Array(database.alphabet.length)
    this.#hits = new Int32Array(database.alphabet.length)
    this.#seenItem = new Float64Array(database.alphabet.length)
    this.#seenPosition = new Float64Array(database.items.length)
  }

  /** The empty pattern: every sequence, ending before its first position. */
  root(): Projection {
    const support = this.#database.starts.length - 1
    const sequences = Int32Array.from({ length: support }, (_, s) => s)
    return { item: -1, length: 0, support, sequences, ends: sequences.map((s) => this.#database.starts[s]! - 1) }
  }

  /** All frequent patterns that are `parent` and one more item, by ascending item. */
  extend(parent: Projection): Projection[] {
    const touched: number[] = []
    const found = this.#scan(parent, touched)
    const children: { item: number; projection: Projection; filled: number }[] = []
    const slot = this.#hits
    touched.sort((a, b) => a - b)
    for (const item of touched) {
      const support = this.#support[item]!
      const size = slot[item]!
      slot[item] = -1
      if (support < this.#minSupport) continue
      slot[item] = children.length
      const sequences = new Int32Array(size)
      const projection = { item, length: parent.length + 1, support, sequences, ends: new Int32Array(size) }
      children.push({ item, projection, filled: 0 })
    }
    for (let h = 0; h < found; h++) {
      const position = this.#hitPositions[h]!
      const child = children[slot[this.#database.items[position]!]!]
      if (!child) continue
      child.projection.sequences[child.filled] = this.#hitSequences[h]!
      child.projection.ends[child.filled++] = position
    }
    for (const item of touched) slot[item] = 0
    return children.map((child) => child.projection)
  }

  /** Collects the positions that extend `parent`, with support and number of hits by item. Returns how many. */
  #scan(parent: Projection, touched: number[]): number {
    const { items, starts } = this.#database
    const limited = Number.isFinite(this.#maxGap)
    const reach = parent.length === 0 ? Number.POSITIVE_INFINITY : this.#maxGap
    const call = ++this.#stamp
    let found = 0
    let sequence = -1
    for (let k = 0; k < parent.sequences.length; k++) {
      if (parent.sequences[k] !== sequence) {
        sequence = parent.sequences[k]!
        this.#stamp++
      }
      const end = parent.ends[k]!
      const stop = Math.min(starts[sequence + 1]!, end + 1 + reach)
      for (let p = end + 1; p < stop; p++) {
        const item = items[p]!
        if (item < 0) continue
        const again = this.#seenItem[item] === this.#stamp
        if (limited ? this.#seenPosition[p] === call : again) continue
        this.#seenPosition[p] = call
        if (this.#seenItem[item]! < call) {
          touched.push(item)
          this.#support[item] = 0
        }
        this.#seenItem[item] = this.#stamp
        if (!again) this.#support[item]!++
        this.#hits[item]!++
        this.#hitPositions[found] = p
        this.#hitSequences[found++] = sequence
      }
    }
    return found
  }
}
