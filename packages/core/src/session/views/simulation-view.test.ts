import { describe, expect, test } from 'vitest'
import type { Axis } from '../../augmentation.js'
import type { ClassifierInfo } from '../../classifier.js'
import { predictionTable } from '../../predictions.js'
import type { SimulationResult } from '../../simulation.js'
import { Session } from '../session.js'
import { accuracyCurve, axisEffect, leadingClasses, predictedPerDegree, simulationCurve } from './class-effects.js'
import { formatDegree, formatDegrees } from './format-degree.js'
import { simulationRows } from './simulation-rows.js'
import { type SimulationViewState, selectClassImages, simulationView } from './simulation-view.js'

const rotation: Axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-60, -30, 0, 30, 60],
}
const fgsm: Axis = {
  ...rotation,
  name: 'fgsm',
  label: 'FGSM',
  parameter: 'epsilon',
  unit: '',
  min: 0,
  max: 8 / 255,
  degrees: [0, 4 / 255, 8 / 255],
  in255ths: true,
}
const classNames = ['cat', 'dog', 'owl']
const model: ClassifierInfo = {
  name: 'small',
  hash: '',
  format: 'onnx',
  input: { height: 8, width: 8, channels: 3 },
  classNames,
  layers: [],
  penultimate: 'fc',
  lastConv: 'conv',
  output: 'logits',
}
/** cat holds until −60° and breaks at +30°; dog never breaks; there is no owl yet. */
const cat = [0.45, 0.6, 0.9, 0.4, 0.2]
const dog = [0.7, 0.74, 0.8, 0.74, 0.7]
const nan = Array<number>(15).fill(Number.NaN)
const less = (values: number[], owl: number) => values.map((value) => 1 - value - owl)
const result: SimulationResult = {
  axis: rotation,
  degrees: rotation.degrees,
  classes: 3,
  counts: Uint32Array.of(30, 10, 0),
  softmax: {
    label: Uint16Array.of(0, 0, 0, 1, 1, 1),
    predicted: Uint16Array.of(0, 1, 2, 0, 1, 2),
    mean: Float64Array.of(
      ...cat,
      ...less(cat, 0.02),
      ...Array(5).fill(0.02),
      ...less(dog, 0.02),
      ...dog,
      ...Array(5).fill(0.02),
    ),
    halfWidth: new Float64Array(30),
  },
  accuracy: Float64Array.of(0.4, 0.6, 1, 0.4, 0.2, 0.8, 0.8, 0.8, 0.8, 0.8, ...nan.slice(0, 5)),
}

describe('axisEffect', () => {
  const effect = axisEffect(result)

  test('finds the nearest degree below one half on each side', () => {
    expect(effect.identity).toBe(2)
    expect(effect.classes[0]).toMatchObject({ breaksBelow: -60, breaksAbove: 30, images: 30, unchanged: 0.9 })
    expect(effect.classes[1]).toMatchObject({ breaksBelow: null, breaksAbove: null })
    expect(effect.classes[0]!.drop).toBeCloseTo(0.9 - (0.45 + 0.6 + 0.4 + 0.2) / 4)
  })

  test('leaves classes without images out of the extremes', () => {
    expect(effect).toMatchObject({ mostAffected: 0, leastAffected: 1, firstToBreak: [0], images: 40 })
    expect(effect.classes[2]!.drop).toBeNaN()
  })

  test('weighs classes by their images', () => {
    expect(effect.accuracy.mean[2]).toBeCloseTo((30 * 1 + 10 * 0.8) / 40)
    // Wilson's interval of 38 of 40.
    expect([effect.accuracy.low[2], effect.accuracy.high[2]]).toEqual([
      expect.closeTo(0.83496, 5),
      expect.closeTo(0.98618, 5),
    ])
    expect(accuracyCurve(result, 0).mean[1]).toBe(0.6)
    expect(accuracyCurve(result, 2).low[1]).toBeNaN()
  })

  test('is computed once per result', () => expect(axisEffect(result)).toBe(effect))

  test('takes nothing seen yet', () => {
    const empty = {
      ...result,
      counts: new Uint32Array(3),
      softmax: {
        label: new Uint16Array(0),
        predicted: new Uint16Array(0),
        mean: new Float64Array(0),
        halfWidth: new Float64Array(0),
      },
      accuracy: new Float64Array(15).fill(Number.NaN),
    }
    expect(axisEffect(empty)).toMatchObject({ images: 0, mostAffected: null, leastAffected: null, firstToBreak: [] })
    expect(predictedPerDegree(empty, 0)).toEqual([-1, -1, -1, -1, -1])
    expect(predictedPerDegree(empty, null)).toEqual([-1, -1, -1, -1, -1])
  })
})

describe('curves', () => {
  test('reads one pair of classes', () => expect([...simulationCurve(result, 1, 1).mean]).toEqual(dog))
  test('names the predicted class of each degree', () => {
    expect(predictedPerDegree(result, 0)).toEqual([1, 0, 0, 1, 1])
    expect(predictedPerDegree(result, null)).toEqual([1, 0, 0, 1, 1])
  })
  test('leads with the true class and drops the negligible', () => {
    expect(leadingClasses(result, 1, 5)).toEqual([1, 0])
    expect(leadingClasses(result, 1, 5, 0)).toEqual([1, 0, 2])
    expect(leadingClasses(result, 1, 1)).toEqual([1])
  })
})

describe('formatDegree', () => {
  test('signs, units and 255ths', () => {
    expect(formatDegree(rotation, 30)).toBe('+30°')
    expect(formatDegree(rotation, -30)).toBe('−30°')
    expect(formatDegree(rotation, 0)).toBe('0°')
    expect(formatDegree(fgsm, 4 / 255)).toBe('4/255')
    expect(formatDegree({ ...fgsm, in255ths: false, unit: 'px' }, 1.5)).toBe('1.5 px')
    expect(formatDegrees(rotation, -30, 30)).toBe('±30°')
    expect(formatDegrees(rotation, -60, 30)).toBe('−60° and +30°')
    expect(formatDegrees(rotation, null, 30)).toBe('+30°')
    expect(formatDegrees(rotation, null, null)).toBe('')
  })
})

describe('simulationView', () => {
  function open() {
    const session = new Session({
      subject: { model, dataset: { name: 'd', length: 9 }, images: 40, axes: [rotation, fgsm] },
      ports: {},
    })
    const states: SimulationViewState[] = []
    const subscription = simulationView(session).subscribe((state) => states.push(state))
    return { session, states, state: () => states.at(-1)!, stop: () => subscription.unsubscribe() }
  }
  const predictions = predictionTable(
    { indices: Int32Array.of(3, 5, 7), probabilities: new Float32Array(9), classes: 3 },
    (index) => (index === 5 ? 1 : 0),
  )

  test('waits, refines and says what it sees', () => {
    const { session, state, stop } = open()
    expect(state()).toMatchObject({ focus: 0, trueClass: null, finding: '' })
    expect(state().columns.map((column) => column.loadable.status)).toEqual(['waiting', 'waiting'])
    const progress = { done: 40, total: 80, unit: 'images' }
    session.setResults({ simulation: { rotation: { status: 'running', progress, value: result } } })
    expect(state().columns[0]).toMatchObject({ loadable: { status: 'running', progress }, result })
    expect(state().columns[1]!.loadable.status).toBe('waiting')
    expect(state().finding).toBe(
      'Rotation: accuracy falls from 95 % to 35 % at +60°. First to break: cat, softmax below 50 % from +30°. Most affected: cat (−49 points on average), least: dog (−8 points).',
    )
    session.update({ trueClass: 0, axis: 'rotation' })
    expect(state().finding).toBe(
      'cat under rotation: softmax 90 % unchanged, below 50 % from −60° and +30°. Mistaken most for dog: 78 % at +60°.',
    )
    session.update({ trueClass: 1 })
    expect(state().finding).toContain('never below 50 %')
    session.update({ trueClass: 2 })
    expect(state().finding).toBe('owl: no image yet.')
    session.update({ trueClass: 17, axis: 'shear' })
    expect(state()).toMatchObject({ trueClass: null, focus: 0 })
    stop()
  })

  test('does not mix accuracy with softmax, and says nothing about differences that round to none', () => {
    const { session, state, stop } = open()
    const findingOf = (ofCat: number, ofDog: number, accuracy: readonly number[]) => {
      const softmax = {
        label: Uint16Array.of(0, 1),
        predicted: Uint16Array.of(0, 1),
        mean: Float64Array.of(...Array(5).fill(ofCat), ...Array(5).fill(ofDog)),
        halfWidth: new Float64Array(10),
      }
      const changed = { ...result, softmax, accuracy: Float64Array.of(...accuracy, ...accuracy, ...nan.slice(0, 5)) }
      session.setResults({ simulation: { rotation: { status: 'ready', value: changed } } })
      return state().finding
    }
    expect(findingOf(0.4, 0.3, [1, 1, 1, 1, 1])).toBe(
      'Rotation: accuracy 100 % throughout. Softmax below 50 % already unchanged: cat and dog.',
    )
    expect(findingOf(0.6, 0.7, [0.7, 0.5, 0.5, 0.5, 0.9])).toBe(
      'Rotation: accuracy never below the 50 % unchanged. The softmax of no class falls below 50 %.',
    )
    stop()
  })

  test('follows measure and degree, and takes old links', () => {
    const { session, state, stop } = open()
    session.setResults({ simulation: { rotation: { status: 'ready', value: result } } })
    expect(state()).toMatchObject({ measure: { name: 'softmax' }, cell: { degree: 60, images: 40 } })
    session.update({ trueClass: 0, measure: 'accuracy', degree: -30 })
    expect(state()).toMatchObject({ measure: { name: 'accuracy' }, cell: { at: 1, degree: -30, images: 30 } })
    session.update({ measure: 'speed' as 'accuracy', degree: 7 })
    expect(state()).toMatchObject({ measure: { name: 'softmax' }, cell: { degree: 60 } })
    session.update({ trueClass: 2 })
    expect(state().cell).toBeNull()
    session.update({ axis: 'fgsm', trueClass: 0 })
    expect(state().cell).toBeNull()
    stop()
  })

  test('tells a failed column', () => {
    const { session, state, stop } = open()
    const error = { code: 'engine' as const, message: 'simulation: lost, retry', details: {} }
    session.setResults({ simulation: { fgsm: { status: 'failed', error } } })
    expect(state().columns[1]).toMatchObject({ loadable: { status: 'failed', error }, result: null })
    stop()
  })

  test('follows the image in the testing view, not the pointer', () => {
    const { session, states, state, stop } = open()
    session.setResults({ predictions: { status: 'ready', value: predictions } })
    expect(state().imageClass).toBeNull()
    session.update({ image: 5 })
    expect(state().imageClass).toBe(1)
    const before = states.length
    session.update({ hovered: 3 })
    expect(states).toHaveLength(before)
    stop()
  })

  test('selects the images of a class', () => {
    const { session, stop } = open()
    expect(selectClassImages(session, 0)).toBe(false)
    session.setResults({ predictions: { status: 'ready', value: predictions } })
    expect(selectClassImages(session, 0)).toBe(true)
    expect(session.state.selection).toEqual([{ source: 'simulation', label: 'true cat', indices: [3, 7] }])
    expect(selectClassImages(session, 2)).toBe(false)
    stop()
  })

  test('orders rows by effect, classes without images last', () => {
    const { session, state, stop } = open()
    session.setResults({ simulation: { rotation: { status: 'ready', value: result } } })
    expect(simulationRows(state(), 'class')).toEqual({ classes: [0, 1, 2], without: 0 })
    expect(simulationRows(state(), 'most affected').classes).toEqual([0, 1, 2])
    session.update({ axis: 'fgsm' })
    expect(simulationRows(state(), 'most affected').classes).toEqual([0, 1, 2])
    stop()
  })
})
