import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { spreadLabels } from './spread-labels.js'

describe('spreadLabels', () => {
  it('leaves labels alone that are far enough apart', () => {
    expect(spreadLabels([80, 10, 40], 12, 0, 100)).toEqual([80, 10, 40])
  })

  it('shares the move between colliding labels', () => {
    expect(spreadLabels([50, 50], 12, 0, 100)).toEqual([44, 56])
    expect(spreadLabels([0, 1, 2], 12, 0, 100)).toEqual([0, 12, 24])
    expect(spreadLabels([], 12, 0, 100)).toEqual([])
  })

  it('keeps gap, order and bounds', () => {
    const position = fc.double({ min: -50, max: 250, noNaN: true })
    fc.assert(
      fc.property(fc.array(position, { minLength: 1, maxLength: 30 }), (wanted) => {
        const placed = spreadLabels(wanted, 12, 0, 200)
        const gap = Math.min(12, 200 / Math.max(1, wanted.length - 1))
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!)
        for (const p of placed) {
          expect(p).toBeGreaterThanOrEqual(-1e-9)
          expect(p).toBeLessThanOrEqual(200 + 1e-9)
        }
        for (let k = 1; k < order.length; k++)
          expect(placed[order[k]!]! - placed[order[k - 1]!]!).toBeGreaterThanOrEqual(gap - 1e-6)
      }),
    )
  })
})
