import fc from 'fast-check'
import { expect, test } from 'vitest'
import { drawStratified } from './draw-sample.js'

test('draws every class equally often and in turns', () => {
  const labels = Array.from({ length: 1000 }, (_, i) => (i * 7) % 10)
  const drawn = drawStratified(labels, 10, 100, 1)
  const counts = Array.from({ length: 10 }, (_, c) => drawn.filter((i) => labels[i] === c).length)
  expect(counts).toEqual(Array(10).fill(10))
  expect(new Set(drawn.slice(0, 10).map((i) => labels[i])).size).toBe(10)
})

test('never repeats an image, is reproducible by seed, and a smaller draw is a prefix of a larger one', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
      fc.integer({ min: 0, max: 2 ** 31 }),
      fc.nat(),
      (labels, seed, n) => {
        const count = 1 + (n % labels.length)
        const drawn = drawStratified(labels, 5, count, seed)
        expect(new Set(drawn).size).toBe(count)
        expect(drawStratified(labels, 5, labels.length, seed).slice(0, count)).toEqual(drawn)
      },
    ),
  )
})

test('says what is wrong with a count or a label', () => {
  expect(() => drawStratified([0, 1], 2, 3, 0)).toThrow('images: 3 asked for, the data set has 2')
  expect(() => drawStratified([0, 1], 2, 0, 0)).toThrow('expected a whole number of at least 1')
  expect(() => drawStratified([0, 7], 2, 1, 0)).toThrow('image 1 has label 7')
})
