import { describe, expect, it } from 'vitest'
import type { SequencePattern } from './mine-sequences.js'
import { patternInformation } from './pattern-information.js'
import { recommendPatterns } from './recommend-patterns.js'

const layers = [
  { name: 'a', channels: 4 },
  { name: 'b', channels: 4 },
]
/** Eight images; filters a0 b0 in images 0–3, a1 b1 in 4–5, nothing shared in 6 and 7. */
const encoding = {
  stride: 4,
  layers,
  sequences: [
    [0, 4],
    [0, 4],
    [0, 4],
    [0, 4],
    [1, 5],
    [1, 5],
    [2, 6],
    [3, 7],
  ].map((s) => Int32Array.from(s)),
}
const pattern = (items: number[], rows: number[]): SequencePattern => ({
  items,
  support: rows.length,
  sequences: Int32Array.from(rows),
})
const source = {
  encoding,
  indices: Int32Array.of(70, 10, 20, 30, 40, 50, 60, 0),
  labels: [0, 0, 0, 0, 1, 1, 2, 2],
  classes: 3,
}

describe('patternInformation', () => {
  it('is share × (log₂ lift + divergence of the classes), by hand', () => {
    // P = 1/2, lift = (1/2) / (1/2 · 1/2) = 2, one class that half of the images have: 1 bit each.
    const counts = { images: 8, support: 4, itemSupports: [4, 4], classCounts: [4, 0], classTotals: [4, 4] }
    expect(patternInformation(counts)).toBeCloseTo(0.5 * (1 + 1), 12)
  })
  it('does not grow by an item that all images have', () => {
    const base = { images: 8, support: 4, itemSupports: [4, 4], classCounts: [2, 2], classTotals: [4, 4] }
    expect(patternInformation({ ...base, itemSupports: [4, 4, 8] })).toBe(patternInformation(base))
  })
  it('is zero for independent items with the classes of the data set, and for no images', () => {
    const independent = { images: 16, support: 4, itemSupports: [8, 8], classCounts: [2, 2], classTotals: [8, 8] }
    expect(patternInformation(independent)).toBe(0)
    expect(patternInformation({ ...independent, support: 0, classCounts: [0, 0] })).toBe(0)
  })
})

describe('recommendPatterns', () => {
  it('gives filters, data set indices in ascending order and counts per class', () => {
    const [first, second, ...rest] = recommendPatterns([pattern([1, 5], [4, 5]), pattern([0, 4], [0, 1, 2, 3])], source)
    expect(first!.items).toEqual([
      { layer: 'a', filter: 0 },
      { layer: 'b', filter: 0 },
    ])
    expect(first!.images).toEqual(Int32Array.of(10, 20, 30, 70))
    expect(first!.classCounts).toEqual(Uint32Array.of(4, 0, 0))
    expect(second!.images).toEqual(Int32Array.of(40, 50))
    expect(rest).toEqual([])
  })
  it('leaves out near duplicates, down to the overlap that is asked for', () => {
    const patterns = [pattern([0, 4], [0, 1, 2, 3]), pattern([0], [0, 1, 2]), pattern([1, 5], [4, 5])]
    const sizes = (maxOverlap: number) =>
      recommendPatterns(patterns, source, { maxOverlap }).map((p) => p.images.length)
    expect(sizes(0.5)).toEqual([4, 2])
    expect(sizes(0.75)).toEqual([4, 2, 3])
  })
  it('prefers images that the list does not hold yet', () => {
    const apart = pattern([1, 5], [4, 5])
    const again = pattern([0, 4], [0, 1])
    const ranked = recommendPatterns([pattern([0, 4], [0, 1, 2, 3]), again, apart], source, { maxOverlap: 1 })
    expect(ranked.map((p) => [...p.images])).toEqual([
      [10, 20, 30, 70],
      [40, 50],
      [10, 70],
    ])
  })
  it('gives no more than asked for, and nothing for nothing', () => {
    expect(recommendPatterns([pattern([0, 4], [0, 1]), pattern([1, 5], [4, 5])], source, { count: 1 })).toHaveLength(1)
    expect(recommendPatterns([], source)).toEqual([])
  })
  it('refuses a label that is no class', () => {
    expect(() => recommendPatterns([], { ...source, labels: [0, 0, 0, 3, 0, 0, 0, 0] })).toThrow(
      /row 3 has the label 3/,
    )
  })
})
