import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { affinitiesOf } from './affinities.js'
import { cooperate } from './cooperate.js'
import { nearestNeighbors } from './neighbors.js'
import { normalRandom } from './random.js'

describe('nearestNeighbors', () => {
  it('agrees with sorting all rows, ties and duplicates included', async () => {
    const rows = fc.tuple(fc.integer({ min: 2, max: 14 }), fc.integer({ min: 1, max: 3 })).chain(([n, d]) =>
      fc.record({
        n: fc.constant(n),
        d: fc.constant(d),
        k: fc.integer({ min: 1, max: n - 1 }),
        values: fc.array(fc.integer({ min: -2, max: 2 }), { minLength: n * d, maxLength: n * d }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(rows, async ({ n, d, k, values }) => {
        const found = await nearestNeighbors(Float32Array.from(values), n, d, k)
        for (let i = 0; i < n; i++) {
          const all = Array.from({ length: n }, (_, j) => {
            let squared = 0
            for (let c = 0; c < d; c++) squared += (values[i * d + c]! - values[j * d + c]!) ** 2
            return { j, squared }
          })
          const expected = all
            .filter(({ j }) => j !== i)
            .sort((a, b) => a.squared - b.squared || a.j - b.j)
            .slice(0, k)
          expect([...found.rows.subarray(i * k, (i + 1) * k)]).toEqual(expected.map(({ j }) => j))
          expect([...found.squaredDistances.subarray(i * k, (i + 1) * k)]).toEqual(expected.map((e) => e.squared))
        }
      }),
    )
  })
  it('refuses k out of range', async () => {
    await expect(nearestNeighbors(new Float32Array(6), 3, 2, 3)).rejects.toThrow(/k is 3, expected 1 … 2 for 3 rows/)
  })
})

describe('affinitiesOf', () => {
  const n = 60
  const features = Float64Array.from({ length: n * 4 }, normalRandom(3))

  it('is symmetric, sums to 1 and has ascending columns', async () => {
    const neighbors = await nearestNeighbors(features, n, 4, 15)
    const { starts, columns, values } = await cooperate(affinitiesOf(neighbors, n, 5))
    const dense = new Float64Array(n * n)
    for (let i = 0; i < n; i++)
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        dense[i * n + columns[e]!] = values[e]!
        if (e > starts[i]!) expect(columns[e]!).toBeGreaterThan(columns[e - 1]!)
      }
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) expect(dense[i * n + j]).toBe(dense[j * n + i])
    expect(values.reduce((a, b) => a + b)).toBeCloseTo(1, 12)
  })

  it.each([1e-6, 1, 1e6])('has the wanted perplexity at scale %s', async (scale) => {
    // Far apart pairs of groups: row 0 is nobody's neighbour, so its entries are its own weights, halved.
    const lonely = features.map((x) => x * scale)
    lonely.set([50, 50, 50, 50].map((x) => x * scale))
    const neighbors = await nearestNeighbors(lonely, n, 4, 15)
    const { starts, values } = await cooperate(affinitiesOf(neighbors, n, 5))
    const own = values.subarray(starts[0]!, starts[1]!).map((p) => p * 2 * n)
    expect(own.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
    expect(Math.exp(-own.reduce((sum, p) => sum + p * Math.log(p), 0))).toBeCloseTo(5, 4)
  })
})
