import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accuracy, argmax, confusionMatrix, predictionTable } from './predictions.js'

test('the table names the class of the highest probability, the first of equals', () => {
  const table = predictionTable(
    { indices: Int32Array.of(5, 2), probabilities: Float32Array.of(0.25, 0.25, 0.5, 0.4, 0.4, 0.2), classes: 3 },
    (index) => (index === 5 ? 2 : 1),
  )
  expect([...table.predicted]).toEqual([2, 0])
  expect([...table.labels]).toEqual([2, 1])
  expect([...table.confidence]).toEqual([0.5, Math.fround(0.4)])
  expect([...table.margin]).toEqual([0.25, 0])
  expect(accuracy(table)).toBe(0.5)
  expect([...confusionMatrix(table)]).toEqual([0, 0, 0, 1, 0, 0, 0, 0, 1])
})

test('accuracy is the trace of the confusion matrix, rows sum to the images of a class', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(3), fc.nat(3)), { minLength: 1, maxLength: 50 }), (pairs) => {
      const probabilities = new Float32Array(pairs.length * 4)
      for (const [row, [predicted]] of pairs.entries()) probabilities[row * 4 + predicted] = 1
      const indices = Int32Array.from(pairs.keys())
      const table = predictionTable({ indices, probabilities, classes: 4 }, (i) => pairs[i]![1])
      const matrix = confusionMatrix(table)
      const trace = matrix[0]! + matrix[5]! + matrix[10]! + matrix[15]!
      expect(accuracy(table)).toBeCloseTo(trace / pairs.length, 12)
      for (let c = 0; c < 4; c++)
        expect(matrix.slice(c * 4, c * 4 + 4).reduce((a, b) => a + b)).toBe(
          pairs.filter(([, label]) => label === c).length,
        )
    }),
  )
})

test('argmax agrees with the largest value', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), (values) => {
      expect(values[argmax(values)]).toBe(values.reduce((a, b) => Math.max(a, b)))
    }),
  )
  expect(
    accuracy(predictionTable({ indices: new Int32Array(0), probabilities: new Float32Array(0), classes: 2 }, () => 0)),
  ).toBeNaN()
})
