import { type Step, streamOf, VatunError, yieldToEventLoop } from '@vatun/core'
import type { Observable } from 'rxjs'
import { PatternSearch } from './pattern-search.js'

/** A sub-sequence that many sequences share. */
export interface SequencePattern {
  /** Items in order; the same item may occur more than once. */
  readonly items: readonly number[]
  /** Number of sequences that contain the items in this order; more than one match in a sequence counts once. */
  readonly support: number
  /** `[support]` positions of these sequences in the input, ascending. */
  readonly sequences: Int32Array
}

/** Options of {@link mineSequences}. */
export interface MiningOptions {
  /** Least number of sequences, at least 1. */
  readonly minSupport: number
  /**
   * - `all` (default): every frequent sub-sequence.
   * - `closed`: those that no longer sub-sequence has with the same support. Lossless and far fewer.
   * - `maximal`: those that no longer frequent sub-sequence contains. Fewest; supports of shorter ones are lost.
   */
  readonly kind?: 'all' | 'closed' | 'maximal'
  /** Largest difference of positions of neighbouring items: 1 means contiguous. Default: any. Only with kind `all`. */
  readonly maxGap?: number
  /** Least number of items, default 1. Chooses from the result; a pattern stays closed or not whatever the limits. */
  readonly minLength?: number
  /** Largest number of items, default any. */
  readonly maxLength?: number
}

/** Milliseconds of work between two turns of the event loop. */
const SLICE = 25

/**
 * Finds the frequent sub-sequences of sequences of items (sequential pattern mining with one item per element), by PrefixSpan
 * (Pei et al., ICDE 2001) and, for closed ones, the checks and the pruning of BIDE (Wang & Han, ICDE 2004). No candidate
 * is kept for a later check, so memory is the result and one path of the search.
 *
 * @param sequences Items are whole numbers of any value, 0 included; sequences may be empty.
 * @param options See {@link MiningOptions}; aborting `signal` rejects with its reason at the next turn of the event loop.
 * @returns Patterns in lexicographic order of their items, always the same for the same input.
 * @throws VatunError `bad-input` for a limit out of range or an item that is no whole number; `unsupported` for a gap limit
 * with a kind other than `all`.
 */
export async function mineSequences(
  sequences: readonly ArrayLike<number>[],
  options: MiningOptions & { readonly signal?: AbortSignal },
): Promise<readonly SequencePattern[]> {
  return search(sequences, options, options.signal)
}

/** {@link mineSequences} as a cold stream: progress in searched first items, then one value. Unsubscribing stops it. */
export function minePatterns(
  sequences: readonly ArrayLike<number>[],
  options: MiningOptions,
): Observable<Step<readonly SequencePattern[]>> {
  return streamOf(async (emit, signal) => {
    let total = 0
    const value = await search(sequences, options, signal, (done, of) => {
      total = of
      emit({ kind: 'progress', progress: { done, total, unit: 'first items' } })
    })
    emit({ kind: 'value', value, progress: { done: total, total, unit: 'first items' } })
  })
}

async function search(
  sequences: readonly ArrayLike<number>[],
  options: MiningOptions,
  signal?: AbortSignal,
  onProgress?: (done: number, total: number) => void,
): Promise<readonly SequencePattern[]> {
  signal?.throwIfAborted()
  checkOptions(options)
  checkItems(sequences)
  const search = new PatternSearch(sequences, options)
  onProgress?.(0, search.total)
  while (!search.finished) {
    search.advance(SLICE)
    onProgress?.(search.done, search.total)
    await yieldToEventLoop()
    signal?.throwIfAborted()
  }
  return search.found
}

function checkOptions(options: MiningOptions): void {
  for (const name of ['minSupport', 'maxGap', 'minLength', 'maxLength'] as const) {
    const value = options[name]
    if ((value !== undefined || name === 'minSupport') && !(Number.isInteger(value) && value! >= 1))
      throw new VatunError('bad-input', `mineSequences: ${name} is ${value}, expected a whole number of at least 1`, {
        details: { [name]: value },
      })
  }
  if (options.maxGap !== undefined && (options.kind ?? 'all') !== 'all')
    throw new VatunError(
      'unsupported',
      `mineSequences: maxGap is not defined for ${options.kind} patterns, leave it out or use kind "all"`,
      { details: { kind: options.kind, maxGap: options.maxGap } },
    )
}

function checkItems(sequences: readonly ArrayLike<number>[]): void {
  for (const [s, sequence] of sequences.entries())
    for (let i = 0; i < sequence.length; i++)
      if (!Number.isSafeInteger(sequence[i]))
        throw new VatunError(
          'bad-input',
          `mineSequences: item ${i} of sequence ${s} is ${sequence[i]}, expected a whole number`,
          { details: { sequence: s, position: i } },
        )
}
