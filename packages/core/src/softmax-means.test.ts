import { expect, test } from 'vitest'
import { pairMeans, pairsOf } from './softmax-means.js'

const result = {
  degrees: [0, 1],
  counts: Uint32Array.of(2, 0, 1, 4),
  softmax: {
    label: Uint16Array.of(0, 0, 2, 3, 3, 3),
    predicted: Uint16Array.of(0, 3, 2, 0, 2, 3),
    mean: Float64Array.from({ length: 12 }, (_, i) => i),
    halfWidth: Float64Array.from({ length: 12 }, (_, i) => i / 100),
  },
}

test('the pairs of a class are found', () => {
  expect([0, 1, 2, 3, 4].map((t) => Object.values(pairsOf(result.softmax, t)))).toEqual([
    [0, 2],
    [2, 2],
    [2, 3],
    [3, 6],
    [6, 6],
  ])
})

test('listed pairs have their means, others zeros, and classes without images nothing', () => {
  expect([...pairMeans(result, 3, 2).mean]).toEqual([8, 9])
  expect([...pairMeans(result, 3, 2).halfWidth]).toEqual([0.08, 0.09])
  expect([...pairMeans(result, 3, 1).mean]).toEqual([0, 0])
  expect([...pairMeans(result, 3, 9).mean]).toEqual([0, 0])
  expect([...pairMeans(result, 0, 2).halfWidth]).toEqual([0, 0])
  expect([...pairMeans(result, 1, 1).mean]).toEqual([Number.NaN, Number.NaN])
  expect([...pairMeans(result, 2, 0).mean]).toEqual([0, 0])
  expect([...pairMeans(result, 2, 0).halfWidth]).toEqual([Number.NaN, Number.NaN])
})
