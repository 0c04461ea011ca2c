import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Axis, Pipeline } from '../../augmentation.js'
import {
  axisValue,
  changeOrder,
  findStep,
  removeStep,
  setAxisValue,
  setStep,
  sweepPipeline,
} from './testing-pipeline.js'
import { classChanges, featureDrift } from './testing-state.js'

const axis = (name: string, parameter: string): Axis => ({
  name,
  label: name,
  parameter,
  unit: '',
  min: -10,
  max: 10,
  step: 1,
  identity: 0,
  degrees: [-10, 0, 10],
})
const hue = axis('hue', 'degrees')

describe('pipeline of the testing view', () => {
  it('keeps the documented order whatever is set first', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([...changeOrder]), (names) => {
        const pipeline = names.reduce((p: { name: string }[], name) => [...setStep(p, { name })], [])
        expect(pipeline.map((s) => s.name)).toEqual(changeOrder.filter((name) => names.includes(name)))
      }),
    )
  })

  const made = (...names: string[]) => names.reduce((p: Pipeline, name) => setStep(p, { name }), [])
  const order = (pipeline: Pipeline) => pipeline.map((s) => s.name)

  it('puts unknown changes between blur and the attacks', () => {
    expect(order(made('fgsm', 'pgd', 'noise', 'blur'))).toEqual(['blur', 'noise', 'fgsm', 'pgd'])
  })

  it('leaves unknown changes in the order in which they were made while one of them is moved or swept', () => {
    const pipeline = made('fog', 'scratches', 'dusk')
    expect(order(setStep(pipeline, { name: 'fog', density: 1 }))).toEqual(['fog', 'scratches', 'dusk'])
    expect(order(sweepPipeline(pipeline, axis('scratches', 'count')))).toEqual(['fog', 'scratches', 'dusk'])
    expect(order(sweepPipeline(pipeline, axis('rain', 'amount')))).toEqual(['fog', 'scratches', 'dusk', 'rain'])
  })

  it('sets, reads, limits and takes out the magnitude of an axis, keeping other parameters', () => {
    const once = setAxisValue([{ name: 'hue', degrees: 3, mode: 'hsv' }], hue, 4)
    expect(once).toEqual([{ name: 'hue', degrees: 4, mode: 'hsv' }])
    expect(axisValue(once, hue)).toBe(4)
    expect(axisValue(setAxisValue(once, hue, 99), hue)).toBe(10)
    expect(setAxisValue(once, hue, 0)).toEqual([])
    expect(axisValue([], hue)).toBe(0)
    expect(axisValue([{ name: 'hue', degrees: 'many' }], hue)).toBe(0)
    expect(findStep(removeStep(once, 'hue'), 'hue')).toBeUndefined()
  })

  it('sweeps an axis in its place, independent of its own value', () => {
    const others = [{ name: 'flipVertical' }, { name: 'fgsm', epsilon: 0.1 }]
    const sweep = sweepPipeline(setAxisValue(others, hue, 5), hue)
    expect(sweep.map((s) => s.name)).toEqual(['flipVertical', 'hue', 'fgsm'])
    expect(sweep).toEqual(sweepPipeline(others, hue))
    expect(axisValue(sweep, hue)).toBe(0)
  })
})

describe('featureDrift', () => {
  it('is 0 for parallel, 1 for orthogonal, 2 for opposite vectors and never NaN', () => {
    expect(featureDrift([1, 2], [2, 4])).toBeCloseTo(0)
    expect(featureDrift([1, 0], [0, 5])).toBe(1)
    expect(featureDrift([1, 0], [-3, 0])).toBe(2)
    expect(featureDrift([0, 0], [0, 0])).toBe(0)
    expect(featureDrift([0, 0], [0, 1])).toBe(1)
  })
})

describe('classChanges', () => {
  it('takes the top of both predictions in the order of the original', () => {
    const rows = classChanges([0.6, 0.3, 0.08, 0.02], [0.05, 0.05, 0.1, 0.8], 2)
    expect(rows).toEqual([
      { classIndex: 0, before: 0.6, after: 0.05 },
      { classIndex: 3, before: 0.02, after: 0.8 },
    ])
    expect(classChanges([1], null, 5)).toEqual([{ classIndex: 0, before: 1, after: null }])
  })
})
