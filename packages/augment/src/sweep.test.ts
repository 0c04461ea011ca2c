import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Axis, ImageBatch, Step, SweepResult } from '@vatun/core'
import { filter, firstValueFrom, lastValueFrom, toArray } from 'rxjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { defineAugmentation } from './augmentation.js'
import { axes, withMagnitude } from './axes.js'
import { createRegistry } from './create-registry.js'
import { largestDifference } from './fixtures/golden.test.helper.js'
import { tinyClassifier, tinyDataset } from './fixtures/tiny-classifier.test.helper.js'
import { predictChanged } from './predict-changed.js'
import { augmentations } from './registry.js'
import { sweep } from './sweep.js'

let classifier: ReturnType<typeof tinyClassifier>
let image: ImageBatch
let tensors = 0
const axisOf = (name: string): Axis => axes.find((axis) => axis.name === name)!

beforeAll(async () => {
  await tf.setBackend('cpu')
  classifier = tinyClassifier()
  image = await tinyDataset(3).images([2])
})
afterAll(() => classifier.dispose())
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

describe('sweep', () => {
  it.each([
    [
      'rotation',
      [
        { name: 'rotation', degrees: 12, fill: 1 },
        { name: 'fgsm', epsilon: 0.02 },
      ],
    ],
    ['fgsm', [{ name: 'hue', degrees: 50 }, { name: 'fgsm', epsilon: 0.02, target: 1 }, { name: 'flipVertical' }]],
    ['brightness', [{ name: 'blur', sigma: 1 }]],
  ])('passes through what the pipeline itself predicts: %s', async (name, pipeline) => {
    const axis = axisOf(name)
    const steps = await lastValueFrom(sweep(classifier, image, pipeline, axis, 2).pipe(toArray()))
    const last = steps.at(-1) as Extract<Step<SweepResult>, { kind: 'value' }>
    expect(last.value.degrees).toEqual(axis.degrees)
    for (const [d, degree] of axis.degrees.entries()) {
      const { probabilities } = await predictChanged(classifier, image, withMagnitude(pipeline, axis, degree), 2)
      expect(largestDifference(last.value.probabilities.subarray(d * 3, d * 3 + 3), probabilities)).toBeLessThan(1e-5)
    }
  })

  it('emits a growing prefix with monotone progress, cold', async () => {
    const curve = sweep(classifier, image, [], axisOf('blur'))
    for (let subscription = 0; subscription < 2; subscription++) {
      const steps = await lastValueFrom(curve.pipe(toArray()))
      expect(steps.map((s) => s.progress.done)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
      for (const s of steps) if (s.kind === 'value') expect(s.value.probabilities.length).toBe(3 * s.progress.done)
    }
  })

  it('frees everything when unsubscribed or failing', async () => {
    let passes = 0
    const counting = {
      ...classifier,
      predict: (...args: Parameters<typeof classifier.predict>) => {
        passes++
        return classifier.predict(...args)
      },
    }
    const axis = { ...axisOf('rotation'), degrees: Array.from({ length: 100 }, (_, i) => i) }
    await firstValueFrom(sweep(counting, image, [], axis).pipe(filter((step) => step.kind === 'value')))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(passes).toBe(1)
    const failing = { ...classifier, predict: () => Promise.reject(new Error('engine gone')) }
    await expect(lastValueFrom(sweep(failing, image, [], axisOf('hue')))).rejects.toThrow('engine gone')
  })

  it('knows augmentations of your own', async () => {
    const fade = defineAugmentation({
      name: 'fade',
      label: 'Fade',
      axis: { ...axisOf('brightness'), name: 'fade', degrees: [0, 1] },
      parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1 }],
      apply: (images, { amount }) => tf.mul(images, 1 - amount),
    })
    const registry = createRegistry([...augmentations, fade])
    const axis = registry.axes.find(({ name }) => name === 'fade')!
    const steps = await lastValueFrom(sweep(classifier, image, [], axis, undefined, registry).pipe(toArray()))
    const last = steps.at(-1) as Extract<Step<SweepResult>, { kind: 'value' }>
    const black = await predictChanged(classifier, image, [{ name: 'fade', amount: 1 }], undefined, registry)
    expect(largestDifference(last.value.probabilities.subarray(3, 6), black.probabilities)).toBeLessThan(1e-5)
    await expect(lastValueFrom(sweep(classifier, image, [], axis))).rejects.toThrow('no augmentation "fade"')
  })

  it('wants one image', async () => {
    const two = await tinyDataset(3).images([0, 1])
    expect(() => sweep(classifier, two, [], axisOf('hue'))).toThrow('sweep: 2 images, expected exactly one')
    await expect(predictChanged(classifier, two, [])).rejects.toThrow('predict: 2 images, expected exactly one')
  })
})

describe('predictChanged', () => {
  it('returns the pixels as they came for an empty pipeline, and as the model saw them otherwise', async () => {
    const original = (await predictChanged(classifier, image, [])).image
    expect(original).toEqual(image)
    expect(original.data.buffer).not.toBe(image.data.buffer)
    const {
      image: seen,
      features,
      probabilities,
    } = await predictChanged(classifier, image, [{ name: 'flipHorizontal' }])
    expect(seen).toMatchObject({ n: 1, height: 8, width: 6, channels: 3 })
    expect(
      largestDifference(
        seen.data.subarray(0, 3),
        image.data.subarray(15, 18).map((v) => v),
      ),
    ).toBeGreaterThan(0)
    expect(Array.from(seen.data.slice(0, 3), (v) => Math.round(v * 255))).toEqual(Array.from(image.data.slice(15, 18)))
    expect(features.length).toBe(4)
    expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 5)
  })
})
