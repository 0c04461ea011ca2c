import { describe, expect, it } from 'vitest'
import { meanHalfWidth } from './intervals.js'

describe('meanHalfWidth', () => {
  it('is that of the normal interval', () => {
    const values = [0.2, 0.9, 0.4, 0.7]
    const mean = 0.55
    const squares = values.reduce((sum, v) => sum + v * v, 0)
    const s = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 3)
    expect(meanHalfWidth(mean, squares, 4)).toBeCloseTo((1.959964 * s) / 2, 6)
    expect(meanHalfWidth(0.3, 0.09, 1)).toBeNaN()
  })
})
