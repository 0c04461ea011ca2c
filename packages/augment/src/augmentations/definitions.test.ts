import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { largestDifference } from '../fixtures/golden.test.helper.js'
import { boxBlur } from './box-blur.js'
import { brightness } from './brightness.js'
import { contrast } from './contrast.js'
import { gamma } from './gamma.js'
import { gaussianNoise } from './gaussian-noise.js'
import { grayscale } from './grayscale.js'
import { hue } from './hue.js'
import { impulseNoise } from './impulse-noise.js'
import { inpaint } from './inpaint.js'
import { invert } from './invert.js'
import { jpeg } from './jpeg.js'
import { motionBlur } from './motion-blur.js'
import { occlusionGrid } from './occlusion-grid.js'
import { perspective } from './perspective.js'
import { pixelate } from './pixelate.js'
import { posterize } from './posterize.js'
import { removeRegion } from './remove-region.js'
import { rotation } from './rotation.js'
import { scale } from './scale.js'
import { shear } from './shear.js'
import { shotNoise } from './shot-noise.js'
import { translation } from './translation.js'

type Change = (x: tf.Tensor4D) => tf.Tensor4D

beforeAll(async () => {
  await tf.setBackend('wasm')
})
let tensors = 0
beforeEach(() => {
  tensors = tf.memory().numTensors
  tf.engine().startScope()
})
afterEach(() => {
  tf.engine().endScope()
  expect(tf.memory().numTensors).toBe(tensors)
})

const line = (values: number[]) => tf.tensor4d(values, [1, 1, values.length, 1])
const square = (values: number[]) => tf.tensor4d(values, [1, Math.sqrt(values.length), Math.sqrt(values.length), 1])
const pixels = (shape: [number, number, number, number], seed: number) =>
  tf.randomUniform(shape, 0, 1, 'float32', seed) as tf.Tensor4D
const even = (value: number, side: number) => tf.fill([1, side, side, 1], value) as tf.Tensor4D
const numbers = (x: tf.Tensor) => Array.from(x.dataSync(), (v) => Math.round(1e5 * v) / 1e5)
const mean = (x: tf.Tensor) => tf.mean(x).dataSync()[0]!
const deviation = (x: tf.Tensor) => Math.sqrt(tf.moments(x).variance.dataSync()[0]!)

describe('geometry', () => {
  it('moves right and down', () => {
    expect(numbers(translation(line([0.1, 0.2, 0.3, 0.4]), 1))).toEqual([0, 0.1, 0.2, 0.3])
    expect(numbers(translation(square([1, 0, 0, 0]), 0, 1))).toEqual([0, 0, 1, 0])
    expect(numbers(translation(line([0, 1, 0, 0]), 0.25))).toEqual([0, 0.75, 0.25, 0])
  })

  it('continues the image beyond its border as asked', () => {
    const x = line([0.1, 0.2, 0.3, 0.4])
    expect(numbers(translation(x, 2, 0, 'reflect'))).toEqual([0.3, 0.2, 0.1, 0.2])
    expect(numbers(translation(x, 2, 0, 'edge'))).toEqual([0.1, 0.1, 0.1, 0.2])
    expect(numbers(translation(x, 2, 0, 0.5))).toEqual([0.5, 0.5, 0.1, 0.2])
    const colour = translation(tf.tensor4d([0, 0, 0, 1, 1, 1], [1, 1, 2, 3]), 1, 0, [0.1, 0.2, 0.3])
    expect(numbers(colour)).toEqual([0.1, 0.2, 0.3, 0, 0, 0])
    expect(() => rotation(x, 10, [0, 0, 0])).toThrow('rotation: fill has 3 values for 1 channels')
    expect(() => rotation(x, 10, 2)).toThrow('rotation: fill is 2, expected 0 to 1')
  })

  it('enlarges, slants and tilts about the centre', () => {
    expect(numbers(scale(line([0, 0.4, 0.8]), 2))).toEqual([0.2, 0.4, 0.6])
    // 45 degrees: each row moves by one pixel more than the next, the middle one stays.
    expect(numbers(shear(square([0, 1, 0, 0, 1, 0, 0, 1, 0]), 45))).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 0])
    expect(numbers(shear(square([0, 0, 0, 1, 1, 1, 0, 0, 0]), 45, 'vertical'))).toEqual([0, 0, 1, 0, 1, 0, 1, 0, 0])
    const white = tf.ones([1, 9, 9, 1]) as tf.Tensor4D
    const tilted = perspective(white, 0.5)
    const column = (c: number) => mean(tf.slice(tilted, [0, 0, c, 0], [1, 9, 1, 1]))
    expect(column(8)).toBe(1)
    expect(column(2)).toBeLessThan(1)
    expect(() => perspective(white, 0.5, 0.5)).toThrow('|horizontal| + |vertical| is 1, expected at most 0.9')
  })

  it.each<[string, Change, Change]>([
    ['scale', (x) => scale(x, 1.6), (x) => scale(x, 1 / 1.6)],
    ['shear', (x) => shear(x, 12), (x) => shear(x, -12)],
    ['translation', (x) => translation(x, 1.5, -2), (x) => translation(x, -1.5, 2)],
  ])('%s comes back', (_name, there, back) => {
    const ramp = tf.tensor4d(
      Float32Array.from({ length: 400 }, (_, p) => ((p % 20) + Math.floor(p / 20)) / 40),
      [1, 20, 20, 1],
    )
    const middle = (x: tf.Tensor4D) => tf.slice(x, [0, 8, 8, 0], [1, 4, 4, 1]).dataSync()
    expect(largestDifference(middle(back(there(ramp))), middle(ramp))).toBeLessThan(1e-5)
  })
})

describe('colour', () => {
  it('composes as documented', () => {
    const x = pixels([2, 5, 5, 3], 1)
    const near = (a: tf.Tensor, b: tf.Tensor) =>
      expect(largestDifference(a.dataSync(), b.dataSync())).toBeLessThan(2e-5)
    near(hue(hue(x, 40), 50), hue(x, 90))
    near(invert(invert(x)), x)
    near(gamma(gamma(x, 2), 0.5), x)
    near(posterize(posterize(x, 3), 3), posterize(x, 3))
    // The weights of luma, which are torchvision's, have the sum 0.9999.
    near(grayscale(grayscale(x)), tf.mul(grayscale(x), 0.9999))
    const dim = tf.add(tf.mul(x, 0.5), 0.2) as tf.Tensor4D
    near(brightness(brightness(dim, 0.1), 0.15), brightness(dim, 0.25))
    near(contrast(contrast(dim, 0.5), 0.4), contrast(dim, 0.2))
  })
})

describe('blur', () => {
  it('takes means', () => {
    expect(numbers(boxBlur(line([0, 0, 1, 0, 0]), 1))).toEqual([0, 0.33333, 0.33333, 0.33333, 0])
    expect(numbers(boxBlur(line([0, 0, 1, 0, 0]), 0.5))).toEqual([0, 0.25, 0.5, 0.25, 0])
    expect(numbers(motionBlur(line([0, 0, 1, 0, 0]), 3))).toEqual([0, 0.33333, 0.33333, 0.33333, 0])
    const dot = tf.reshape(line([0, 0, 1, 0, 0]), [1, 5, 1, 1]) as tf.Tensor4D
    expect(numbers(motionBlur(dot, 3, 90))).toEqual([0, 0.33333, 0.33333, 0.33333, 0])
    expect(numbers(motionBlur(dot, 3, 0))).toEqual([0, 0, 1, 0, 0])
    expect(numbers(pixelate(line([0, 0.4, 0.8, 1, 0.2]), 2))).toEqual([0.2, 0.2, 0.9, 0.9, 0.2])
  })

  it.each<[string, Change]>([
    ['box', (x) => boxBlur(x, 2.3)],
    ['motion', (x) => motionBlur(x, 7.5, 33)],
    ['pixelate', (x) => pixelate(x, 5)],
    ['jpeg', (x) => jpeg(x, 30)],
  ])('leaves even images even: %s', (_name, change) => {
    expect(largestDifference(change(even(0.4, 13)).dataSync(), new Float32Array(169).fill(0.4))).toBeLessThan(0.02)
  })
})

describe('noise', () => {
  it('has the mean and the spread that it promises', () => {
    const x = even(0.5, 200)
    const gaussian = tf.sub(gaussianNoise(x, 0.1), x)
    expect(mean(gaussian)).toBeCloseTo(0, 2)
    expect(deviation(gaussian)).toBeCloseTo(0.1, 2)
    for (const variance of [0.001, 0.01, 0.1]) {
      const photons = shotNoise(even(0.25, 200), variance)
      expect(mean(photons)).toBeCloseTo(0.25, 2)
      if (variance < 0.1) expect(deviation(photons) / Math.sqrt(0.25 * variance)).toBeCloseTo(1, 1)
    }
    const hit = impulseNoise(x, 0.3)
    expect(mean(tf.cast(tf.equal(hit, 0), 'float32'))).toBeCloseTo(0.15, 2)
    expect(mean(tf.cast(tf.equal(hit, 1), 'float32'))).toBeCloseTo(0.15, 2)
  })

  it('keeps what it has hit as it grows', () => {
    const x = even(0.5, 30)
    const [few, many] = [0.1, 0.4].map((share) => impulseNoise(x, share).dataSync())
    expect(few!.every((v, i) => v === 0.5 || many![i] === v)).toBe(true)
  })
})

describe('removal', () => {
  it('covers squares of a grid', () => {
    const x = tf.ones([1, 4, 4, 1]) as tf.Tensor4D
    const expected = [0, 1, 0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 1, 1, 1]
    expect(numbers(occlusionGrid(x, { period: 2, share: 0.5 }))).toEqual(expected)
    const moved = occlusionGrid(x, { period: 4, share: 0.5, top: 3, left: -1, fill: 0.5 })
    expect(
      numbers(moved)
        .map((v) => (v === 0.5 ? 1 : 0))
        .slice(0, 4),
    ).toEqual([1, 0, 0, 1])
    expect(mean(occlusionGrid(x, { share: 1 }))).toBe(0)
  })

  it('fills from known neighbours, ring by ring', () => {
    const x = square([0.1, 0.2, 0.3, 0.4, 0, 0.6, 0.7, 0.8, 0.9])
    const hole = new Float32Array(9)
    hole[4] = 1
    expect(numbers(inpaint(x, hole))[4]).toBe(0.5)
    const most = new Float32Array(9).fill(1)
    most[0] = 0
    expect(new Set(numbers(inpaint(x, most)))).toEqual(new Set([0.1]))
    expect(mean(inpaint(x, new Float32Array(9).fill(1)))).toBe(0)
  })

  it('blurs or randomises the region only', () => {
    const x = pixels([2, 12, 12, 3], 2)
    const region = { shape: 'rectangle', top: 3, left: 2, height: 4, width: 5 } as const
    const inside = 1 - mean(removeRegion(tf.onesLike(x), region))
    expect(inside).toBeCloseTo(20 / 144, 5)
    for (const fill of ['noise', 'blur', 'inpaint', 'mean'] as const) {
      const changed = tf.cast(tf.notEqual(removeRegion(x, region, fill), x), 'float32')
      expect(mean(changed)).toBeCloseTo(inside, 2)
    }
    const noise = (seed: number) => removeRegion(x, region, 'noise', seed).dataSync()
    expect(noise(1)).toEqual(noise(1))
    expect(noise(1)).not.toEqual(noise(2))
  })
})
