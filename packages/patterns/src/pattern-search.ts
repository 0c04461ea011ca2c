import { InsertionTest } from './insertions.js'
import type { MiningOptions, SequencePattern } from './mine-sequences.js'
import { type Projection, Projector } from './projection.js'
import { type SequenceDatabase, sequenceDatabase } from './sequence-database.js'

/**
 * The depth-first search behind `mineSequences`, cut into pieces: each {@link advance} visits some patterns, in lexicographic
 * order of their items (a pattern before its extensions).
 */
export class PatternSearch {
  readonly found: SequencePattern[] = []
  /** First items whose patterns are to be searched. */
  readonly total: number
  readonly #database: SequenceDatabase
  readonly #options: MiningOptions
  readonly #projector: Projector
  readonly #insertions: InsertionTest
  readonly #pending: Projection[]
  readonly #path: number[] = []
  #started = 0

  constructor(sequences: readonly ArrayLike<number>[], options: MiningOptions) {
    this.#options = options
    this.#database = sequenceDatabase(sequences, options.minSupport, options.maxGap !== undefined)
    this.#projector = new Projector(this.#database, options.minSupport, options.maxGap)
    this.#insertions = new InsertionTest(this.#database)
    this.#pending = this.#projector.extend(this.#projector.root()).reverse()
    this.total = this.#pending.length
  }

  get finished(): boolean {
    return this.#pending.length === 0
  }

  /** First items that are completely searched. */
  get done(): number {
    return this.finished ? this.total : Math.max(0, this.#started - 1)
  }

  /** Visits patterns for about `milliseconds`. */
  advance(milliseconds: number): void {
    const end = performance.now() + milliseconds
    for (let visited = 1; this.#pending.length > 0; visited++) {
      this.#visit(this.#pending.pop()!)
      if (visited % 64 === 0 && performance.now() > end) return
    }
  }

  #visit(node: Projection): void {
    const { kind = 'all', minSupport, minLength = 1, maxLength = Number.POSITIVE_INFINITY } = this.#options
    if (node.length === 1) this.#started++
    this.#path.length = node.length - 1
    this.#path.push(node.item)
    const test = this.#insertions
    if (kind !== 'all' && test.possible(this.#path, node, node.support, 'prefix')) return
    const longer = node.length < maxLength || kind !== 'all' ? this.#projector.extend(node) : []
    if (node.length >= minLength) {
      const threshold = kind === 'closed' ? node.support : minSupport
      const reported =
        kind === 'all' ||
        !(longer.some((c) => c.support >= threshold) || test.possible(this.#path, node, threshold, 'sequence'))
      if (reported) this.found.push(this.#pattern(node))
    }
    if (node.length < maxLength) for (let c = longer.length - 1; c >= 0; c--) this.#pending.push(longer[c]!)
  }

  #pattern({ sequences, support }: Projection): SequencePattern {
    return {
      items: this.#path.map((item) => this.#database.alphabet[item]!),
      support,
      sequences: sequences.length === support ? sequences : Int32Array.from(new Set(sequences)),
    }
  }
}
