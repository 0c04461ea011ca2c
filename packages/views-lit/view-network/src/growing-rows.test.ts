import { expect, test } from 'vitest'
import { GrowingRows } from './growing-rows.js'

/** Grows to the end. @returns how many rows there were after each step. */
function growAll(rows: GrowingRows, total: number, height: number, needed = 0): number[] {
  const counts: number[] = []
  for (let more = true; more; ) {
    more = rows.grow(total, height, needed)
    counts.push(rows.count)
  }
  return counts
}

test('a list begins with what fits, a few rows at a time', () => {
  const rows = new GrowingRows()
  expect(growAll(rows, 500, 640)).toEqual([4, 8, 12])
  expect(rows.grow(500, 640, 0)).toBe(false)
})

test('it grows with the scrolling and never shrinks for it', () => {
  const rows = new GrowingRows()
  growAll(rows, 500, 640)
  expect(rows.see(1280)).toBe(true)
  expect(growAll(rows, 500, 640).at(-1)).toBe(32)
  expect(rows.see(640)).toBe(false)
  expect(growAll(rows, 500, 640)).toEqual([32])
  rows.seeMore(640)
  expect(growAll(rows, 500, 640).at(-1)).toBeGreaterThan(40)
})

test('it has no more rows than there are, and those that are needed', () => {
  const rows = new GrowingRows()
  expect(growAll(rows, 3, 640)).toEqual([3])
  expect(growAll(rows, 0, 640)).toEqual([0])
  expect(growAll(rows, 100, 0, 30).at(-1)).toBe(30)
})
