import type { NetworkLayer } from '@vatun/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dotAt, dotCentre, layoutDots, moveDot } from './dot-layout.js'

function network(...widths: number[]): NetworkLayer[] {
  let start = 0
  return widths.map((filters, i) => {
    const layer = { name: `conv${i + 1}`, filters, start }
    start += filters
    return layer
  })
}
const vgg = network(64, 64, 128, 128, 256, 256, 256, 512, 512, 512, 512, 512, 512)

describe('layoutDots', () => {
  test('fits the 4,224 filters of VGG-16 with every name into a narrow panel', () => {
    const layout = layoutDots(vgg, 355, 325)
    expect(layout.pitch).toBeGreaterThanOrEqual(4)
    expect(layout.height).toBeLessThanOrEqual(325)
    expect(layout.blocks.every(({ labelled }) => labelled)).toBe(true)
  })

  test('grows with the panel', () => {
    expect(layoutDots(vgg, 600, 500).pitch).toBeGreaterThan(layoutDots(vgg, 350, 270).pitch)
    expect(layoutDots(network(16), 600, 300).pitch).toBe(22)
  })

  test('scrolls where nothing fits, and drops names where only they do not', () => {
    expect(layoutDots(network(...Array<number>(200).fill(2048)), 350, 270).height).toBeGreaterThan(270)
    const many = layoutDots(network(...Array<number>(40).fill(8)), 350, 270)
    expect(many.height).toBeLessThanOrEqual(270)
    expect(many.blocks.filter(({ labelled }) => labelled).length).toBeLessThan(40)
  })

  test('takes no layer and no room', () => {
    expect(layoutDots([], 300, 200).blocks).toEqual([])
    expect(layoutDots(vgg, 0, 0).blocks).toHaveLength(13)
  })

  test('every dot is inside, found where it is drawn, and blocks do not overlap', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 120, max: 900 }),
        fc.integer({ min: 60, max: 700 }),
        (widths, width, height) => {
          const layers = network(...widths)
          const layout = layoutDots(layers, width, height)
          const total = widths.reduce((a, b) => a + b, 0)
          for (let position = 0; position < total; position += 7) {
            const { x, y } = dotCentre(layout, position)!
            expect(x + layout.pitch / 2).toBeLessThanOrEqual(width)
            expect(y + layout.pitch / 2).toBeLessThanOrEqual(Math.max(height, layout.height))
            expect(dotAt(layout, x, y)).toBe(position)
          }
          for (const [i, block] of layout.blocks.entries())
            if (i > 0)
              expect(block.top).toBeGreaterThanOrEqual(layout.blocks[i - 1]!.top + layout.blocks[i - 1]!.height)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('moveDot', () => {
  const layout = layoutDots(network(4, 100, 3), 200, 100)

  test('moves to neighbours and over layers, and stays at the ends', () => {
    expect(moveDot(layout, 0, 'ArrowLeft')).toBe(0)
    expect(moveDot(layout, 3, 'ArrowRight')).toBe(4)
    expect(moveDot(layout, 106, 'ArrowRight')).toBe(106)
    expect(moveDot(layout, 1, 'ArrowDown')).toBe(5)
    expect(moveDot(layout, 5, 'ArrowUp')).toBe(1)
    expect(moveDot(layout, 0, 'ArrowUp')).toBe(0)
    expect(moveDot(layout, 40, 'Home')).toBe(4)
    expect(moveDot(layout, 40, 'End')).toBe(103)
    expect(moveDot(layout, 40, 'PageDown')).toBeGreaterThanOrEqual(104)
    expect(moveDot(layout, 106, 'PageDown')).toBe(106)
    expect(moveDot(layout, 0, 'Enter')).toBeNull()
  })
})
