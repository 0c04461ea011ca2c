import type { PatternTable, Step } from '@vatun/core'
import { lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { minePatternTable, type PatternSource, type PatternTableOptions } from './mine-pattern-table.js'

const layers = [1, 2, 3].map((l) => ({ name: `conv${l}`, channels: 40 }))

/**
 * Images of three classes over three layers: filter 0 of conv1 always, filters `class` of conv2 and conv3 in the first ten
 * images of each class, and filters that no other image has otherwise.
 */
function source(perClass = 12): PatternSource {
  const n = 3 * perClass
  const maxima = new Float32Array(n * 120)
  for (let row = 0; row < n; row++) {
    const shared = Math.floor(row / 3) < 10 ? row % 3 : 3 + row
    maxima.set([1], row * 120)
    maxima.set([1], row * 120 + 40 + shared)
    maxima.set([1], row * 120 + 80 + shared)
  }
  const rows = Array.from({ length: n }, (_, r) => r)
  return {
    indices: Int32Array.from(rows, (r) => r + 100),
    labels: rows.map((r) => r % 3),
    classes: 3,
    maxima,
    filters: 120,
    layers,
  }
}
const mine = (from: PatternSource, options?: PatternTableOptions): Promise<Step<PatternTable>[]> =>
  lastValueFrom(minePatternTable(from, options).pipe(toArray()))
const tableOf = async (from: PatternSource, options?: PatternTableOptions) => {
  const last = (await mine(from, options)).at(-1)!
  if (last.kind !== 'value') throw new Error('no table')
  return last.value
}

describe('minePatternTable', () => {
  it('recommends what the classes share, without the filter that all images share', async () => {
    const table = await tableOf(source())
    expect(table).toMatchObject({ images: 36, minSupport: 3 })
    expect(table.patterns.map((p) => p.items.map((i) => `${i.layer}:${i.filter}`).join(' ')).sort()).toEqual([
      'conv2:0 conv3:0',
      'conv2:1 conv3:1',
      'conv2:2 conv3:2',
    ])
    for (const { items, images, classCounts } of table.patterns) {
      const own = items[0]!.filter
      expect([...images]).toEqual(Array.from({ length: 10 }, (_, k) => 100 + 3 * k + own))
      expect([...classCounts]).toEqual([0, 1, 2].map((c) => (c === own ? 10 : 0)))
    }
  })
  it('keeps common filters when asked to', async () => {
    const table = await tableOf(source(), { maxItemShare: 1, minLength: 3 })
    expect(table.patterns.map((p) => p.items.length)).toEqual([3, 3, 3])
  })
  it('is empty when nothing is frequent enough, or there are no images', async () => {
    expect((await tableOf(source(), { minSupport: 11 })).patterns).toEqual([])
    expect((await tableOf(source(0))).patterns).toEqual([])
  })
  it('gives the same table each time it is subscribed', async () => {
    const stream = minePatternTable(source())
    expect(await lastValueFrom(stream)).toEqual(await lastValueFrom(stream))
  })
  it('fails on the stream when rows do not fit', async () => {
    await expect(mine({ ...source(), labels: [0] })).rejects.toThrow(/1 labels do not fit 36 images/)
    await expect(mine({ ...source(), classes: 2 })).rejects.toThrow(/label 2, expected a class index below 2/)
  })
})
