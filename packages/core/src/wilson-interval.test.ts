import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { wilsonInterval } from './wilson-interval.js'

describe('wilsonInterval', () => {
  // scipy.stats.binomtest(x, n).proportion_ci(method="wilson")
  it.each([
    [8, 10, 0.4901625, 0.9433178],
    [0, 10, 0, 0.2775328],
    [10, 10, 0.7224672, 1],
    [1, 1, 0.2065493, 1],
    [50, 100, 0.4038315, 0.5961685],
    [915, 1000, 0.8960871, 0.9307367],
  ])('%i of %i', (successes, n, low, high) => {
    const interval = wilsonInterval(successes, n)
    expect(interval[0]).toBeCloseTo(low, 6)
    expect(interval[1]).toBeCloseTo(high, 6)
  })

  it('holds the share, stays in 0…1 and is symmetric', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
        const successes = Math.round(share * n)
        const [low, high] = wilsonInterval(successes, n)
        expect(low).toBeGreaterThanOrEqual(0)
        expect(high).toBeLessThanOrEqual(1)
        expect(low).toBeLessThanOrEqual(successes / n)
        expect(high).toBeGreaterThanOrEqual(successes / n)
        expect(1 - wilsonInterval(n - successes, n)[1]).toBeCloseTo(low, 12)
      }),
    )
  })

  it('knows nothing of nothing', () => expect(wilsonInterval(0, 0)).toEqual([Number.NaN, Number.NaN]))
})
