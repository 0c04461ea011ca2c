import { expect, test } from 'vitest'
import { nearestDegree, nearestStep, valueAfterKey } from './chart-values.js'

test('keys move the line by a step or to an end', () => {
  const after = (key: string) => valueAfterKey(key, [-2, 0, 5], (direction) => 1 + direction)
  expect(['ArrowLeft', 'ArrowDown', 'ArrowRight', 'ArrowUp', 'Home', 'End', 'a'].map(after)).toEqual([
    0,
    0,
    2,
    2,
    -2,
    5,
    undefined,
  ])
})

test('values go to the nearest degree, and to the nearest step without a rest', () => {
  expect([-9, -1.1, 2.4, 2.6, 99].map((value) => nearestDegree([-2, 0, 5], value))).toEqual([0, 0, 1, 2, 2])
  expect(nearestStep(0.31, 0.1)).toBe(0.3)
  expect(nearestStep(-0.26, 0.1)).toBe(-0.3)
  expect(nearestStep(0.123, undefined)).toBe(0.123)
})
