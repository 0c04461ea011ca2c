import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { tileSide } from './draw-tiles.js'
import { place, pointRadius, scatterFrame, unplace, visibleRows } from './scatter-frame.js'

const points = {
  indices: Int32Array.of(0),
  labels: Int32Array.of(0),
  predicted: Int32Array.of(0),
  confidence: Float32Array.of(1),
}

describe('scatterFrame', () => {
  it('is a square in the middle', () => {
    const frame = scatterFrame(624, 424, { k: 1, x: 0, y: 0 })
    expect(frame).toEqual({ left: 112, top: 12, scale: 400 })
    expect(place(frame, { ...points, x: Float32Array.of(0.5), y: Float32Array.of(1) }, 0)).toEqual([312, 12])
  })

  it('agrees with its opposite under any zoom', () => {
    const unit = fc.float({ min: 0, max: 1, noNaN: true })
    const shift = fc.integer({ min: -5000, max: 5000 })
    fc.assert(
      fc.property(unit, unit, fc.integer({ min: 1, max: 40 }), shift, shift, (x, y, k, dx, dy) => {
        const frame = scatterFrame(500, 300, { k, x: dx, y: dy })
        const [px, py] = place(frame, { ...points, x: Float32Array.of(x), y: Float32Array.of(y) }, 0)
        const [bx, by] = unplace(frame, px, py)
        expect(bx).toBeCloseTo(x, 6)
        expect(by).toBeCloseTo(y, 6)
      }),
    )
  })
})

describe('pointRadius', () => {
  it('shrinks with the number of points, within bounds, and grows slowly with the zoom', () => {
    expect(pointRadius(0, 400, 1)).toBe(4)
    expect(pointRadius(1000, 400, 1)).toBeCloseTo(3.79, 2)
    expect(pointRadius(1e6, 400, 1)).toBe(1.5)
    expect(pointRadius(1000, 400, 10) / pointRadius(1000, 400, 1)).toBeCloseTo(2.24, 2)
  })
})

describe('visibleRows', () => {
  it('leaves out what lies outside', () => {
    const three = { ...points, x: Float32Array.of(0, 0.5, 1), y: Float32Array.of(0.5, 0.5, 0.5) }
    const frame = scatterFrame(424, 424, { k: 2, x: -212, y: -212 })
    expect(visibleRows(three, frame, { width: 424, height: 424 })).toEqual([1])
    expect(visibleRows(three, frame, { width: 424, height: 424 }, 200)).toEqual([0, 1, 2])
  })
})

describe('tileSide', () => {
  it('gives images a size only where they can be told apart', () => {
    expect(tileSide(0, 400, 400)).toBeNull()
    expect(tileSide(201, 4000, 4000)).toBeNull()
    expect(tileSide(200, 300, 300)).toBeNull()
    expect(tileSide(100, 400, 400)).toBe(20)
    expect(tileSide(1, 400, 400)).toBe(40)
  })
})
