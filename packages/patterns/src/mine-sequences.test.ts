import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { type MiningOptions, minePatterns, mineSequences, type SequencePattern } from './mine-sequences.js'

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8')
const sequencesIn = (name: string) => (JSON.parse(fixture(name)) as { sequences: number[][] }).sequences
const lines = (patterns: readonly SequencePattern[]) =>
  patterns.map(({ items, support }) => `${items.join(' ')} #SUP: ${support}`)

/** Whether `sequence` contains `items` in order, neighbours at most `maxGap` apart; by trying all matches. */
function contains(sequence: readonly number[], items: readonly number[], maxGap = Number.POSITIVE_INFINITY): boolean {
  const from = (i: number, previous: number): boolean =>
    i === items.length ||
    sequence.some((x, p) => x === items[i] && p > previous && (i === 0 || p - previous <= maxGap) && from(i + 1, p))
  return from(0, -1)
}

/** All frequent patterns straight from the definitions: every sub-sequence of every sequence, counted. */
function bruteForce(sequences: readonly number[][], options: MiningOptions): string[] {
  const { minSupport, kind = 'all', maxGap, minLength = 1, maxLength = Number.POSITIVE_INFINITY } = options
  const candidates = new Map<string, number[]>()
  for (const sequence of sequences)
    for (let subset = 1; subset < 2 ** sequence.length; subset++) {
      const items = sequence.filter((_, i) => (subset >> i) & 1)
      candidates.set(items.join(' '), items)
    }
  const frequent = [...candidates.values()]
    .map((items) => ({ items, support: sequences.filter((s) => contains(s, items, maxGap)).length }))
    .filter(({ support }) => support >= minSupport)
  const kept = frequent.filter(
    (p) =>
      kind === 'all' ||
      !frequent.some(
        (q) =>
          q.items.length > p.items.length &&
          contains(q.items, p.items) &&
          (kind === 'maximal' || q.support === p.support),
      ),
  )
  return kept
    .filter(({ items }) => items.length >= minLength && items.length <= maxLength)
    .map(({ items, support }) => `${items.join(' ')} #SUP: ${support}`)
    .sort()
}

describe('mineSequences', () => {
  const tiny = sequencesIn('tiny60.seq.json')
  const kinds: Record<string, Partial<MiningOptions>> = {
    all: {},
    closed: { kind: 'closed' },
    maximal: { kind: 'maximal' },
    gap1: { maxGap: 1 },
    gap2: { maxGap: 2 },
  }
  for (const minSupport of [2, 3, 6, 12])
    it.each(Object.keys(kinds))(`finds what SPMF finds at support ${minSupport}: %s`, async (kind) => {
      const found = await mineSequences(tiny, { minSupport, ...kinds[kind] })
      expect(lines(found)).toEqual(fixture(`tiny60.${minSupport}.${kind}.txt`).trim().split('\n'))
    })

  it('agrees with the definitions on random sequences', async () => {
    const alphabet = fc
      .oneof(fc.constant(2), fc.constant(4), fc.constant(9))
      .chain((size) => fc.array(fc.array(fc.nat(size), { maxLength: 6 }), { maxLength: 9 }))
    const options = fc.record(
      {
        minSupport: fc.integer({ min: 1, max: 4 }),
        kind: fc.constantFrom('all' as const, 'closed' as const, 'maximal' as const),
        minLength: fc.integer({ min: 1, max: 3 }),
        maxLength: fc.integer({ min: 1, max: 4 }),
      },
      { requiredKeys: ['minSupport'] },
    )
    await fc.assert(
      fc.asyncProperty(alphabet, options, fc.option(fc.integer({ min: 1, max: 3 })), async (sequences, base, gap) => {
        const limited = gap === null || (base.kind ?? 'all') !== 'all' ? base : { ...base, maxGap: gap }
        expect(lines(await mineSequences(sequences, limited)).sort()).toEqual(bruteForce(sequences, limited))
      }),
      { numRuns: 300 },
    )
  })

  it('lists exactly the sequences that contain the pattern', async () => {
    const sequences = sequencesIn('vgg1k.seq.json')
    const found = await mineSequences(sequences, { minSupport: 20, kind: 'closed' })
    expect(found.length).toBeGreaterThan(100)
    for (const { items, support, sequences: rows } of found) {
      expect(support).toBe(rows.length)
      expect([...rows]).toEqual(sequences.flatMap((s, row) => (contains(s, items) ? [row] : [])))
    }
    const gapped = await mineSequences(tiny, { minSupport: 2, maxGap: 2 })
    for (const { items, sequences: rows } of gapped)
      expect([...rows]).toEqual(tiny.flatMap((s, row) => (contains(s, items, 2) ? [row] : [])))
  })

  it('finds closed patterns that restore the support of every frequent one', async () => {
    const sequences = sequencesIn('vgg1k.seq.json')
    const all = await mineSequences(sequences, { minSupport: 10 })
    const closed = await mineSequences(sequences, { minSupport: 10, kind: 'closed' })
    expect(closed.length).toBeLessThan(all.length)
    for (const { items, support } of all) {
      const supports = closed.filter((c) => contains(c.items, items)).map((c) => c.support)
      expect(Math.max(...supports)).toBe(support)
    }
  })

  it('does not depend on the order of the sequences', async () => {
    const found = lines(await mineSequences(tiny, { minSupport: 3, kind: 'closed' }))
    expect(lines(await mineSequences([...tiny].reverse(), { minSupport: 3, kind: 'closed' }))).toEqual(found)
  })

  it('accepts nothing, empty sequences and negative items', async () => {
    expect(await mineSequences([], { minSupport: 1 })).toEqual([])
    expect(await mineSequences([[], []], { minSupport: 1, kind: 'closed' })).toEqual([])
    expect(
      lines(
        await mineSequences(
          [
            [-3, 0],
            [0, -3, 0],
          ],
          { minSupport: 2, kind: 'closed' },
        ),
      ),
    ).toEqual(['-3 0 #SUP: 2'])
  })

  it('refuses what it cannot mine', async () => {
    await expect(mineSequences([], { minSupport: 0 })).rejects.toThrow(/minSupport is 0, expected a whole number/)
    await expect(mineSequences([], { minSupport: 1, maxLength: 1.5 })).rejects.toThrow(/maxLength is 1.5/)
    await expect(mineSequences([[1], [0.5]], { minSupport: 1 })).rejects.toThrow(/item 0 of sequence 1 is 0.5/)
    await expect(mineSequences([], { minSupport: 1, maxGap: 1, kind: 'closed' })).rejects.toThrow(/maxGap is not/)
  })

  it('stops when aborted', async () => {
    const controller = new AbortController()
    const sequences = Array.from({ length: 4 }, () => Array.from({ length: 40 }, (_, i) => i))
    const endless = mineSequences(sequences, { minSupport: 1, signal: controller.signal })
    controller.abort(new Error('enough'))
    await expect(endless).rejects.toThrow('enough')
  })
})

describe('minePatterns', () => {
  it('reports progress that never decreases, then one value', async () => {
    const steps = await lastValueFrom(
      minePatterns(sequencesIn('vgg1k.seq.json'), { minSupport: 5, kind: 'closed' }).pipe(toArray()),
    )
    expect(steps.map((s) => s.kind).lastIndexOf('progress')).toBe(steps.length - 2)
    const done = steps.map((s) => s.progress.done)
    expect(done).toEqual([...done].sort((a, b) => a - b))
    const last = steps.at(-1)!
    expect(last.kind).toBe('value')
    expect(last.progress.done).toBe(last.progress.total)
  })

  it('stops when unsubscribed and emits nothing afterwards', async () => {
    const sequences = Array.from({ length: 4 }, () => Array.from({ length: 40 }, (_, i) => i))
    let emitted = 0
    const subscription = minePatterns(sequences, { minSupport: 1 }).subscribe(() => emitted++)
    await new Promise((resolve) => setTimeout(resolve, 80))
    subscription.unsubscribe()
    const before = emitted
    expect(before).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect(emitted).toBe(before)
  })
})
