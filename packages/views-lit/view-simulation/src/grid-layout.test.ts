import { describe, expect, test } from 'vitest'
import { layoutGrid, visibleRows } from './grid-layout.js'

describe('layoutGrid', () => {
  test('fits ten classes and five changes without scrolling', () => {
    const layout = layoutGrid({ width: 400, height: 340, head: 32 }, 5, 10, 10)
    expect(layout.width).toBeLessThanOrEqual(400)
    expect(layout.height + layout.rowHeight + 32).toBeLessThanOrEqual(340)
    expect(layout.cellWidth).toBeGreaterThanOrEqual(60)
    expect(layout.rowHeight).toBeGreaterThanOrEqual(26)
  })

  test('keeps cells legible and scrolls for a thousand classes and many changes', () => {
    const layout = layoutGrid({ width: 400, height: 340, head: 32 }, 12, 1000, 40)
    expect(layout).toMatchObject({ rowHeight: 20, cellWidth: 52, height: 20_000, names: 120 })
    expect(layout.width).toBeGreaterThan(400)
  })

  test('takes no axis, no class and no room', () => {
    expect(layoutGrid({ width: 0, height: 0, head: 32 }, 0, 0, 0).height).toBe(0)
  })
})

describe('visibleRows', () => {
  const layout = layoutGrid({ width: 400, height: 340, head: 32 }, 5, 1000, 10)
  test('draws what is in view, not all', () => {
    expect(visibleRows(layout, 1000, { scroll: 0, height: 240 })).toEqual({ from: 0, to: 13 })
    expect(visibleRows(layout, 1000, { scroll: 2000, height: 240 })).toEqual({ from: 99, to: 113 })
    expect(visibleRows(layout, 3, { scroll: 0, height: 240 })).toEqual({ from: 0, to: 3 })
  })
})
