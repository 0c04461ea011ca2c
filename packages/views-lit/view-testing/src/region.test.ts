import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { boxAround, fillIn, moveBox, regionIn, strokePixels, withFill, withRegion } from './region.js'

const size = { height: 8, width: 12 }
const pixel = fc.record({ row: fc.integer({ min: 0, max: 7 }), column: fc.integer({ min: 0, max: 11 }) })

describe('regions', () => {
  it('boxes two pixels, both included, in whatever order', () => {
    expect(boxAround('ellipse', { row: 5, column: 2 }, { row: 3, column: 7 })).toEqual({
      shape: 'ellipse',
      top: 3,
      left: 2,
      height: 3,
      width: 6,
    })
  })

  it('strokes hold both ends and, from pixel to neighbour, leave no gap', () => {
    fc.assert(
      fc.property(pixel, pixel, (a, b) => {
        const pixels = strokePixels(a, b, 1, size)
        expect(pixels).toContain(a.row * size.width + a.column)
        expect(pixels).toContain(b.row * size.width + b.column)
        expect(new Set(pixels).size).toBe(pixels.length)
        const columns = new Set(pixels.map((p) => p % size.width))
        for (let c = Math.min(a.column, b.column); c <= Math.max(a.column, b.column); c++) expect(columns).toContain(c)
      }),
    )
  })

  it('moves and resizes inside the image only', () => {
    const by = fc.record({
      row: fc.integer({ min: -20, max: 20 }),
      column: fc.integer({ min: -20, max: 20 }),
      height: fc.integer({ min: -20, max: 20 }),
      width: fc.integer({ min: -20, max: 20 }),
    })
    const start = { shape: 'rectangle', top: 2, left: 3, height: 3, width: 4 } as const
    fc.assert(
      fc.property(by, (change) => {
        const box = moveBox(start, change, size)
        if (box.shape === 'pixels') throw new Error('a box became pixels')
        expect(box.top).toBeGreaterThanOrEqual(0)
        expect(box.left).toBeGreaterThanOrEqual(0)
        expect(box.height).toBeGreaterThanOrEqual(1)
        expect(box.width).toBeGreaterThanOrEqual(1)
        expect(box.top + box.height).toBeLessThanOrEqual(size.height)
        expect(box.left + box.width).toBeLessThanOrEqual(size.width)
      }),
    )
  })

  it('goes into the pipeline first, out again, and is not drawn when malformed', () => {
    const region = { shape: 'rectangle', top: 1, left: 1, height: 2, width: 2 } as const
    const pipeline = withRegion([{ name: 'rotation', degrees: 3 }], region)
    expect(pipeline.map((s) => s.name)).toEqual(['removeRegion', 'rotation'])
    expect(regionIn(pipeline)).toMatchObject(region)
    expect(withRegion(pipeline, null)).toEqual([{ name: 'rotation', degrees: 3 }])
    expect(regionIn([{ name: 'removeRegion', shape: 'rectangle', top: 'x' }])).toBeUndefined()
    expect(regionIn([{ name: 'removeRegion', shape: 'pixels' }])).toBeUndefined()
    expect(regionIn([{ name: 'removeRegion', shape: 'star', top: 1, left: 1, height: 2, width: 2 }])).toBeUndefined()
  })

  it('is filled black or with the mean colour, whichever is asked for last', () => {
    const region = { shape: 'rectangle', top: 1, left: 1, height: 2, width: 2 } as const
    const black = withRegion([], region)
    expect(fillIn([])).toBeUndefined()
    expect(fillIn(black)).toBe('black')
    const mean = withFill(black, 'mean')
    expect(fillIn(mean)).toBe('mean')
    expect(regionIn(mean)).toMatchObject(region)
    expect(withFill(mean, 'black')).toEqual(black)
    expect(withFill([], 'mean')).toEqual([])
    expect(withRegion(mean, { ...region, top: 3 }, 'mean')[0]).toMatchObject({ top: 3, fill: 'mean' })
  })
})
