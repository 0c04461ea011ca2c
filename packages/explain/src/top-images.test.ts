import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { topImagesOf } from './top-images.js'

describe('topImagesOf', () => {
  it('puts the strongest first and the lower row first among equals', () => {
    const maxima = new Float32Array([0, 5, 1, 9, 2, 5, 3, 9])
    const { rows, activations } = topImagesOf(maxima, 2, 1, 3)
    expect(Array.from(rows)).toEqual([1, 3, 0])
    expect(Array.from(activations)).toEqual([9, 9, 5])
  })

  it('agrees with a plain search for any table', () => {
    const tables = fc.tuple(fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 60 }), fc.integer({ min: 1, max: 4 }))
    fc.assert(
      fc.property(tables, fc.nat(70), ([cells, filters], count) => {
        const n = Math.floor(cells.length / filters)
        const maxima = Float32Array.from(cells.slice(0, n * filters))
        const { rows, activations } = topImagesOf(maxima, filters, filters - 1, count)
        expect(rows.length).toBe(Math.min(n, count))
        const left = new Set(Array.from({ length: n }, (_, row) => row))
        for (const [k, row] of rows.entries()) {
          let best = -1
          for (const r of left) if (best < 0 || value(r) > value(best)) best = r
          expect(row).toBe(best)
          expect(activations[k]).toBe(value(row))
          left.delete(row)
        }
        function value(row: number): number {
          return maxima[row * filters + filters - 1]!
        }
      }),
    )
  })

  it('says what is wrong', () => {
    expect(() => topImagesOf(new Float32Array(5), 2, 0, 1)).toThrow('5 values do not fill rows of 2 filters')
    expect(() => topImagesOf(new Float32Array(4), 2, 2, 1)).toThrow('filter 2, expected 0 to 1')
    expect(() => topImagesOf(new Float32Array(4), 2, 0, -1)).toThrow('count is -1')
    expect(topImagesOf(new Float32Array(0), 2, 0, 3).rows.length).toBe(0)
  })
})
