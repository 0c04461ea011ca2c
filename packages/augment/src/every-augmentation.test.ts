import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import type { Axis } from '@vatun/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import type { AugmentationContext } from './augmentation.js'
import { allAxes, stepOf } from './axes.js'
import { largestDifference } from './fixtures/golden.test.helper.js'
import { augmentations, builtIn } from './registry.js'

type Shape = readonly [number, number, number, number]

const pixels = (shape: Shape, seed: number) => tf.randomUniform([...shape], 0, 1, 'float32', seed) as tf.Tensor4D
const attacking = (name: string) => builtIn.find(name).needsClassifier
const own = allAxes.filter(({ name }) => !attacking(name))
/** What an axis can be tested with: on the grid of its slider, so that whole numbers stay whole. */
const magnitudeOf = ({ min, max, step }: Axis, at: number) =>
  Math.min(max, min + Math.round((at * (max - min)) / step) * step)
const apply = (axis: Axis, magnitude: number, x: tf.Tensor4D, context?: AugmentationContext) =>
  applyPipeline(x, [stepOf(axis, magnitude)], context)
const row = (x: tf.Tensor4D, i: number) => tf.slice(x, [i, 0, 0, 0], [1, -1, -1, -1])

let tensors = 0
beforeEach(async () => {
  await tf.setBackend('wasm')
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

it('has an axis for every augmentation with one magnitude', () => {
  const without = augmentations.map(({ name }) => name).filter((name) => !allAxes.some((axis) => axis.name === name))
  expect(without).toEqual(['flipHorizontal', 'flipVertical', 'removeRegion'])
})

describe.each(own.map((axis) => [axis.name, axis] as const))('%s', (_name, axis) => {
  it('is finite and in [0, 1] for any image size and magnitude, and leaves its input alone', () => {
    const shapes = fc.tuple(
      fc.integer({ min: 1, max: 2 }),
      fc.integer({ min: 1, max: 11 }),
      fc.integer({ min: 1, max: 11 }),
      fc.constant(3),
    )
    fc.assert(
      fc.property(shapes, fc.double({ min: 0, max: 1, noNaN: true }), (shape, at) => {
        tf.tidy(() => {
          const x = pixels(shape, 1)
          const before = x.dataSync().slice()
          const y = apply(axis, magnitudeOf(axis, at), x)
          expect(y.shape).toEqual(x.shape)
          expect(y.dataSync().every((v) => v >= 0 && v <= 1)).toBe(true)
          expect(x.dataSync()).toEqual(before)
        })
      }),
      { numRuns: 6 },
    )
  })

  it('changes not one bit at its identity, and something elsewhere', () => {
    tf.tidy(() => {
      const x = pixels([2, 16, 16, 3], 2)
      expect(apply(axis, axis.identity, x).dataSync()).toEqual(x.dataSync())
      const farthest = axis.identity === axis.max ? axis.degrees[0]! : axis.degrees.at(-1)!
      expect(largestDifference(apply(axis, farthest, x).dataSync(), x.dataSync())).toBeGreaterThan(0.01)
    })
  })

  it('gives each image the same alone, in a batch and again, by its id', () => {
    tf.tidy(() => {
      const x = pixels([3, 12, 9, 3], 3)
      const magnitude = axis.degrees[axis.identity === axis.max ? 1 : axis.degrees.length - 2]!
      const together = apply(axis, magnitude, x, { ids: [7, 8, 9] }).dataSync()
      const alone = [2, 1, 0].map((i) => apply(axis, magnitude, row(x, i), { ids: [7 + i] }))
      expect(largestDifference(tf.concat(alone.reverse()).dataSync(), together)).toBeLessThan(1e-5)
      expect(apply(axis, magnitude, x, { ids: [7, 8, 9] }).dataSync()).toEqual(together)
    })
  })

  it('is the same on cpu and wasm', async () => {
    const magnitude = axis.degrees[axis.identity === axis.max ? 1 : axis.degrees.length - 2]!
    const results: Float32Array[] = []
    const values = tf.tidy(() => pixels([2, 17, 14, 3], 4).dataSync().slice())
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      results.push(
        tf.tidy(
          () =>
            apply(axis, magnitude, tf.tensor4d(values, [2, 17, 14, 3]))
              .dataSync()
              .slice() as Float32Array,
        ),
      )
    }
    expect(largestDifference(results[0]!, results[1]!)).toBeLessThan(1e-3)
  })

  it.each([1, 4])('takes images of %i channels, or says what it needs', (channels) => {
    tf.tidy(() => {
      const x = pixels([1, 12, 12, channels], 5)
      const magnitude = axis.degrees[axis.identity === axis.max ? 0 : axis.degrees.length - 1]!
      const attempt = () => apply(axis, magnitude, x).dataSync()
      const choosy = ['hue', 'saturation', 'corruption-saturate']
      if (channels === 4) choosy.push('grayscale', 'jpeg', 'corruption-jpeg-compression')
      if (choosy.includes(axis.name)) expect(attempt).toThrow(/images have \d channels?, expected 3 \(RGB\)/)
      else expect(attempt().every((v) => v >= 0 && v <= 1)).toBe(true)
    })
  })
})

const seeded = augmentations.filter((a) => !a.needsClassifier && a.parameters.some((p) => p.name === 'seed'))
const drawn = own.filter((axis) => seeded.some((a) => a.name === axis.name))
const steady = [
  'brightness',
  'contrast',
  'defocus-blur',
  'zoom-blur',
  'pixelate',
  'jpeg-compression',
  'gaussian-blur',
  'saturate',
]
const random = drawn.filter(({ name }) => !steady.includes(name.replace('corruption-', '')))

it.each(random.map((axis) => [axis.name, axis] as const))('%s follows its seed', (_name, axis) => {
  tf.tidy(() => {
    const x = pixels([1, 24, 24, 3], 6)
    const at = (seed: number) => applyPipeline(x, [{ ...stepOf(axis, axis.max), seed }]).dataSync()
    expect(at(1)).toEqual(at(1))
    expect(largestDifference(at(1), at(2))).toBeGreaterThan(0.01)
  })
})

it('asks for one id an image', () => {
  tf.tidy(() => {
    const x = pixels([2, 4, 4, 3], 7)
    for (const name of ['gaussianNoise', 'shotNoise', 'impulseNoise', 'corruption-fog']) {
      const axis = own.find((a) => a.name === name)!
      expect(() => apply(axis, axis.max, x, { ids: [1] })).toThrow('1 ids for 2 images, expected one for each')
    }
  })
})
