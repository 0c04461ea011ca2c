import { expect, test } from 'vitest'
import { moveRow, reachableRow, rowWindow, scrollToRow } from './row-window.js'

test('only rows in view exist, with one beyond each edge', () => {
  expect(rowWindow(1000, 20, { scroll: 0, height: 100 })).toEqual({ from: 0, to: 6 })
  expect(rowWindow(1000, 20, { scroll: 410, height: 100 })).toEqual({ from: 19, to: 27 })
  expect(rowWindow(1000, 20, { scroll: 19_900, height: 100 })).toEqual({ from: 994, to: 1000 })
  expect(rowWindow(3, 20, { scroll: 900, height: 100 })).toEqual({ from: 3, to: 3 })
  expect(rowWindow(0, 20, { scroll: 0, height: 100 })).toEqual({ from: 0, to: 0 })
})

test('Tab reaches a row that exists, wherever the list was scrolled', () => {
  const shown = { from: 19, to: 27 }
  expect([0, 20, 500].map((row) => reachableRow(row, shown))).toEqual([19, 20, 26])
})

test('a row is scrolled to as little as possible', () => {
  const view = { scroll: 100, height: 60 }
  expect([2, 5, 7, 8].map((row) => scrollToRow(row, 20, view))).toEqual([40, 100, 100, 120])
})

test('keys move within the list', () => {
  const move = (key: string) => moveRow(5, 10, key, 4)
  expect(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', 'a'].map(move)).toEqual([4, 6, 1, 9, 0, 9, null])
  expect([moveRow(0, 10, 'ArrowUp', 4), moveRow(9, 10, 'ArrowDown', 4), moveRow(0, 0, 'End', 4)]).toEqual([0, 9, null])
})
