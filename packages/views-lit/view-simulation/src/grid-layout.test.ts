import { describe, expect, test } from 'vitest'
import { layoutGrid } from './grid-layout.js'

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
