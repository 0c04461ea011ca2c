import { describe, expect, test } from 'vitest'
import type { Axis } from '../../augmentation.js'
import { predictionTable } from '../../predictions.js'
import type { RobustnessCurves, SimulationResult } from '../../simulation.js'
import { breakingHistogram } from './breaking-histogram.js'
import { simulationCell } from './simulation-cell.js'
import { flipsAt } from './simulation-flips.js'
import { measureCurve, measureInfo } from './simulation-measures.js'

const axis: Axis = {
  name: 'turn',
  label: 'Turn',
  parameter: 'degrees',
  unit: '°',
  min: -60,
  max: 60,
  step: 1,
  identity: 0,
  degrees: [-60, -30, 0, 30],
}

const nan = (n: number) => Array<number>(n).fill(Number.NaN)
const rates = (rate: number[]) => ({
  rate: Float64Array.from(rate),
  low: Float64Array.from(rate, (r) => r / 2),
  high: Float64Array.from(rate, (r) => (r + 1) / 2),
})
const means = (mean: number[], half: number) => ({
  mean: Float64Array.from(mean),
  halfWidth: Float64Array.from(mean, () => half),
})

/*
 * Six images of three classes, none of the third. Images 1 to 4 are cats, 5 and 6 dogs. By degree (−60, −30, 0, 30) they are predicted
 *   1: dog cat cat cat    breaks at −60
 *   2: dog dog cat cat    breaks at −30
 *   3: cat cat cat owl    breaks at 30
 *   4: dog dog dog dog    is wrong unchanged, never flips
 *   5: dog dog dog dog    never breaks
 *   6: cat dog dog dog    breaks at −60
 */
const perClass: RobustnessCurves = {
  accuracy: rates([0.25, 0.5, 0.75, 0.5, 0.5, 1, 1, 1, ...nan(4)]),
  flips: rates([0.5, 0.25, 0, 0.25, 0.5, 0, 0, 0, ...nan(4)]),
  confidence: means([0.3, 0.5, 0.7, 0.5, 0.5, 0.9, 0.9, 0.9, ...nan(4)], 0.1),
  margin: means([-0.4, 0, 0.4, 0, 0, 0.8, 0.8, 0.8, ...nan(4)], 0.2),
}
const overall: RobustnessCurves = {
  accuracy: rates([2 / 6, 4 / 6, 5 / 6, 4 / 6]),
  flips: rates([3 / 6, 1 / 6, 0, 1 / 6]),
  confidence: means([0.4, 0.6, 0.8, 0.6], 0.05),
  margin: means([-0.2, 0.2, 0.6, 0.2], 0.05),
}
const cats = [0.3, 0.5, 0.7, 0.5]
const dogs = [0.5, 0.9, 0.9, 0.9]
const less = (values: number[]) => values.map((v) => 1 - v)
const result: SimulationResult = {
  axis,
  degrees: axis.degrees,
  classes: 3,
  counts: Uint32Array.of(4, 2, 0),
  softmax: {
    label: Uint16Array.of(0, 0, 1, 1),
    predicted: Uint16Array.of(0, 1, 0, 1),
    mean: Float64Array.of(...cats, ...less(cats), ...less(dogs), ...dogs),
    halfWidth: new Float64Array(16).fill(0.1),
  },
  accuracy: perClass.accuracy.rate,
  details: {
    perClass,
    overall,
    flipCounts: {
      from: Uint16Array.of(0, 0, 0, 1),
      to: Uint16Array.of(1, 1, 2, 0),
      degree: Uint16Array.of(0, 1, 3, 0),
      count: Uint32Array.of(2, 1, 1, 1),
    },
    worst: {
      index: Int32Array.of(6, 2),
      label: Uint16Array.of(1, 0),
      degree: Uint16Array.of(0, 1),
      unchanged: Float32Array.of(0.75, 0.5),
      changed: Float32Array.of(0.125, 0.25),
      predicted: Uint16Array.of(0, 1),
    },
    breaking: {
      index: Int32Array.of(1, 2, 3, 4, 5, 6),
      label: Uint16Array.of(0, 0, 0, 0, 1, 1),
      below: Float64Array.of(-60, -30, Number.NaN, 0, Number.NaN, -60),
      above: Float64Array.of(Number.NaN, Number.NaN, 30, 0, Number.NaN, Number.NaN),
    },
  },
}
const plain = (({ details: _, ...rest }) => rest)(result)
const predicted = [0, 0, 0, 1, 1, 1, 0]
const predictions = predictionTable(
  {
    indices: Int32Array.of(1, 2, 3, 4, 5, 6, 9),
    probabilities: Float32Array.from(predicted.flatMap((p) => [0, 1, 2].map((c) => (c === p ? 0.8 : 0.1)))),
    classes: 3,
  },
  () => 0,
)

describe('measureCurve', () => {
  test('reads every measure of a class and of all, with its interval', () => {
    expect([...measureCurve(result, 'margin', 0)!.mean]).toEqual([-0.4, 0, 0.4, 0])
    expect(measureCurve(result, 'margin', 0)!.low[0]).toBeCloseTo(-0.6)
    expect([...measureCurve(result, 'softmax', null)!.mean]).toEqual([0.4, 0.6, 0.8, 0.6])
    expect([...measureCurve(result, 'softmax', 0)!.mean]).toEqual(cats)
    expect([...measureCurve(result, 'accuracy', 1)!.mean]).toEqual([0.5, 1, 1, 1])
    expect([...measureCurve(result, 'flips', null)!.mean]).toEqual([3 / 6, 1 / 6, 0, 1 / 6])
  })
  test('gives flips no interval where nothing can flip', () => {
    expect([...measureCurve(result, 'flips', 0)!.high]).toEqual([0.75, 0.625, 0, 0.625])
  })
  test('says what is known without details', () => {
    expect(measureCurve(plain, 'flips', 0)).toBeNull()
    expect(measureCurve(plain, 'margin', null)).toBeNull()
    const { mean, low } = measureCurve(plain, 'softmax', null)!
    expect(mean[0]).toBeCloseTo((4 * 0.3 + 2 * 0.5) / 6)
    expect(low[0]).toBeNaN()
  })
  test('takes an unknown name of an old link', () => expect(measureInfo('speed' as 'flips').name).toBe('softmax'))
})

describe('flipsAt', () => {
  test('are shares of the images that were predicted so', () => {
    const flips = flipsAt(result, 0, 0, predictions)!
    expect(flips).toMatchObject({ images: 3, flipped: 2, moves: [{ from: 0, to: 1, count: 2, share: 2 / 3 }] })
    // Wilson's interval of 2 of 3.
    expect(flips.moves[0]!.low).toBeCloseTo(0.20766, 5)
    expect(flips.moves[0]!.high).toBeCloseTo(0.93851, 5)
  })
  test('of all classes, most frequent first', () => {
    const flips = flipsAt(result, null, 0, undefined)!
    expect(flips).toMatchObject({ images: 6, flipped: 3 })
    expect(flips.moves.map(({ from, to, count }) => [from, to, count])).toEqual([
      [0, 1, 2],
      [1, 0, 1],
    ])
  })
  test('are counts while an image has not been predicted', () => {
    expect(flipsAt(result, 0, 0, undefined)).toMatchObject({ images: null, flipped: 2 })
    expect(flipsAt(result, 0, 0, undefined)!.moves[0]!.share).toBeNaN()
    const fewer = { ...predictions, indices: Int32Array.of(1, 2) }
    expect(flipsAt(result, 0, 0, fewer)!.images).toBeNull()
  })
  test('may be none, or not known', () => {
    expect(flipsAt(result, 2, 1, predictions)).toMatchObject({ images: 0, flipped: 0, moves: [] })
    expect(flipsAt(plain, 0, 0, predictions)).toBeNull()
  })
})

describe('breakingHistogram', () => {
  const histogram = breakingHistogram(result)!
  test('counts by distance, both sides together', () => {
    expect(histogram.ends).toEqual([0, 30, 60])
    expect(histogram.all).toEqual({ trueClass: null, images: 6, counts: [1, 2, 2, 1], median: 30 })
    expect(histogram.classes[0]).toEqual({ trueClass: 0, images: 4, counts: [1, 2, 1, 0], median: 30 })
    expect(histogram.classes[1]).toEqual({ trueClass: 1, images: 2, counts: [0, 0, 1, 1], median: 60 })
    expect(histogram.classes[2]).toMatchObject({ images: 0, counts: [0, 0, 0, 0], median: Number.NaN })
  })
  test('puts magnitudes between the degrees into the bin that ends behind them', () => {
    const { details } = result
    const above = details!.breaking.above.slice()
    above[2] = 11.5
    const finer = { ...result, details: { ...details!, breaking: { ...details!.breaking, above, tolerance: 1 } } }
    expect(breakingHistogram(finer)!.classes[0]!.counts).toEqual([1, 2, 1, 0])
  })
  test('takes degrees that differ in the last bits for one', () => {
    const degrees = [-0.1 * 3, 0, 0.3]
    expect(breakingHistogram({ ...result, axis: { ...axis, degrees }, degrees })!.ends).toHaveLength(2)
  })
  test('is not known without details', () => expect(breakingHistogram(plain)).toBeNull())
})

describe('simulationCell', () => {
  test('looks at the degree that was asked for, or at that of the lowest accuracy', () => {
    expect(simulationCell(result, 0, 30, predictions)).toMatchObject({ at: 3, degree: 30, images: 4 })
    expect(simulationCell(result, 0, null, predictions)).toMatchObject({ at: 0, degree: -60 })
    expect(simulationCell(result, 0, 31, predictions)).toMatchObject({ degree: -60 })
  })
  test('tells all measures there', () => {
    const { values } = simulationCell(result, 0, -30, predictions)!
    expect(values.map(({ measure, value }) => [measure.name, value])).toEqual([
      ['softmax', 0.5],
      ['accuracy', 0.5],
      ['flips', 0.25],
      ['margin', 0],
    ])
  })
  test('names the images that are harmed most', () => {
    const cat = simulationCell(result, 0, null, predictions)!
    expect(cat.worst).toEqual([{ index: 2, degree: -30, fall: { unchanged: 0.5, changed: 0.25, predicted: 1 } }])
    expect(cat.firstToBreak).toEqual([
      { index: 2, degree: -30 },
      { index: 3, degree: 30 },
      { index: 1, degree: -60 },
    ])
    const all = simulationCell(result, null, null, predictions)!
    expect(all.worst!.map(({ index }) => index)).toEqual([6, 2])
    expect(all.firstToBreak!.map(({ index }) => index)).toEqual([2, 3, 1, 6])
  })
  test('knows less without details, and nothing without images', () => {
    const cell = simulationCell(plain, 0, null, predictions)!
    expect(cell).toMatchObject({ flips: null, worst: null, firstToBreak: null, breaking: null })
    expect(cell.values.map(({ measure }) => measure.name)).toEqual(['softmax', 'accuracy'])
    expect(simulationCell(result, 2, null, predictions)).toBeNull()
  })
})
