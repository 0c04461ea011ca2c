import {
  type ClassifierInfo,
  type Loadable,
  type PredictResult,
  Session,
  type TestingViewState,
  testingView,
} from '@vatun/core'
import { firstValueFrom } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { findingOf } from './finding.js'
import { neighbourOf, windowAround } from './image-strip.js'
import { classesInFocus, flipText } from './sweep-charts.js'

const model: ClassifierInfo = {
  name: 'tiny',
  hash: '',
  format: 'onnx',
  input: { height: 1, width: 1, channels: 1 },
  classNames: ['cat', 'dog', 'frog'],
  layers: [],
  penultimate: '',
  lastConv: '',
  output: 'logits',
}
const image = { data: new Uint8Array(1), n: 1, height: 1, width: 1, channels: 1 }
const ready = (...probabilities: number[]): Loadable<PredictResult> => ({
  status: 'ready',
  value: { image, probabilities: Float32Array.from(probabilities), features: Float32Array.of(1) },
})

async function stateWith(patch: Partial<TestingViewState>): Promise<TestingViewState> {
  const subject = { model, dataset: { name: 'd', length: 1 }, images: 1, axes: [] }
  return { ...(await firstValueFrom(testingView(new Session({ subject, ports: {} })))), ...patch }
}

describe('vatun-testing', () => {
  it('can be imported without a browser', async () => {
    await expect(import('./define.js')).resolves.toBeDefined()
  })

  it('says the finding in one sentence', async () => {
    const pipeline = [{ name: 'flipVertical' }]
    const original = ready(0.9, 0.1, 0)
    const say = async (patch: Partial<TestingViewState>) => findingOf(await stateWith(patch), model.classNames)
    expect(await say({})).toBe('')
    expect(await say({ original })).toBe('Predicted cat .90.')
    expect(await say({ original, label: 0 })).toBe('Predicted cat .90, right.')
    expect(await say({ original, label: 2 })).toBe('Predicted cat .90, but it is frog.')
    expect(await say({ original, pipeline, changed: ready(0.2, 0.8, 0) })).toBe('Flips from cat .90 to dog .80.')
    expect(await say({ original, pipeline, changed: ready(0.6, 0.4, 0) })).toBe('Stays cat: .90 → .60.')
  })

  it('tells where the prediction flips', () => {
    const axis = { unit: '°', min: -90, step: 1 }
    expect(flipText(axis, [-90, 0, 90], [1, 0, 0], model.classNames)).toBe('dog, cat from 0°')
    expect(flipText(axis, [-90, 0], [2, 2], model.classNames)).toBe('frog everywhere')
  })

  it('steps through the strip in circles and keeps the window inside', () => {
    const strip = { indices: [4, 7, 9], selected: true, position: 2 }
    expect(neighbourOf(strip, 1)).toBe(4)
    expect(neighbourOf(strip, -1)).toBe(7)
    expect(neighbourOf({ ...strip, position: -1 }, 1)).toBe(4)
    expect(neighbourOf({ ...strip, position: -1 }, -1)).toBe(9)
    expect(neighbourOf({ ...strip, indices: [] }, 1)).toBeUndefined()
    expect(windowAround(0, 10, 3)).toEqual({ from: 0, to: 3 })
    expect(windowAround(5, 10, 3)).toEqual({ from: 4, to: 7 })
    expect(windowAround(9, 10, 3)).toEqual({ from: 7, to: 10 })
    expect(windowAround(1, 2, 5)).toEqual({ from: 0, to: 2 })
  })

  it('gives colours first to the predicted class, then to those with the highest probability anywhere', async () => {
    const axis = {
      name: 'blur',
      label: '',
      parameter: '',
      unit: '',
      min: 0,
      max: 1,
      step: 1,
      identity: 0,
      degrees: [0, 1],
    }
    const value = { axis, degrees: [0, 1], probabilities: Float32Array.of(0.1, 0.9, 0, 0.2, 0.4, 0.4), classes: 3 }
    const state = await stateWith({
      classes: [
        { classIndex: 2, before: 0.02, after: null },
        { classIndex: 7, before: 0.01, after: 0.3 },
        { classIndex: 8, before: 0.01, after: null },
      ],
      sweeps: { blur: { status: 'ready', value } },
    })
    expect(classesInFocus(state)).toEqual([2, 1, 7, 0, 8])
  })
})
