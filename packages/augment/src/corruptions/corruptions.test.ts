import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { imageTensor, largestDifference } from '../fixtures/golden.test.helper.js'
import { describePipeline } from '../pipeline.js'
import { cifarConstants, imageNetConstants } from './constants.js'
import { constantsFor, corrupt } from './corrupt.js'
import { type CorruptionName, corruptionNames, testedCorruptions } from './corruption-names.js'
import { elasticTransform } from './elastic-transform.js'
import { glassBlur } from './glass-blur.js'
import { streak } from './motion-blur.js'
import { pixelate } from './pixelate.js'
import { zoom } from './planes.js'
import { plasmaFractal } from './plasma-fractal.js'
import { zoomBlur } from './zoom-blur.js'

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

const draw = { seed: 3, ids: undefined }
const line = (values: number[]) => tf.tensor4d(values, [1, 1, values.length, 1])
const rounded = (x: tf.Tensor) => Array.from(x.dataSync(), (v) => Math.round(1e4 * v) / 1e4)
const distance = (a: tf.Tensor, b: tf.Tensor) => Math.sqrt(tf.mean(tf.squaredDifference(a, b)).dataSync()[0]!)

describe('constants', () => {
  it('has all 19 at five severities, 15 of them for testing', () => {
    for (const constants of [cifarConstants, imageNetConstants]) {
      expect(Object.keys(constants).sort()).toEqual([...corruptionNames].sort())
      for (const name of corruptionNames) expect(constants[name]).toHaveLength(5)
    }
    expect(testedCorruptions).toHaveLength(15)
    expect(testedCorruptions).not.toContain('speckle_noise')
    // The grids of the original scripts, np.arange(1, 1.06 + 0.01, 0.01) and the like.
    expect(cifarConstants.zoom_blur[0]).toHaveLength(7)
    expect(imageNetConstants.zoom_blur[4].at(-1)).toBeCloseTo(1.3, 12)
  })

  it('chooses by the smaller side', () => {
    expect(constantsFor(32, 32)).toBe(cifarConstants)
    expect(constantsFor(64, 500)).toBe(cifarConstants)
    expect(constantsFor(65, 65)).toBe(imageNetConstants)
    expect(constantsFor(224, 224, 'cifar')).toBe(cifarConstants)
    expect(constantsFor(32, 32, 'imagenet')).toBe(imageNetConstants)
  })
})

describe('corrupt', () => {
  const rising: CorruptionName[] = corruptionNames.filter(
    // The others change in kind, not only in degree, from one severity to the next.
    (name) => !['elastic_transform', 'saturate', 'spatter', 'glass_blur', 'frost', 'pixelate', 'snow'].includes(name),
  )
  it.each(rising)('%s grows with its severity', (name) => {
    const x = imageTensor()
    const distances = [0, 1, 2, 3, 4, 5].map((severity) => distance(corrupt(x, name, severity), x))
    expect(distances[0]).toBe(0)
    // Motion blur on small images has the same standard deviation at severities 3 and 4, and only a longer, empty tail.
    const steps = name === 'motion_blur' ? [1, 2, 3, 5] : [1, 2, 3, 4, 5]
    for (const s of steps) expect(distances[s]).toBeGreaterThan(distances[s - 1]!)
  })

  it.each(corruptionNames)('%s takes large, oblong images', (name) => {
    const x = tf.image.resizeBilinear(tf.slice(imageTensor(), [0, 0, 0, 0], [1, 32, 32, 3]) as tf.Tensor4D, [70, 101])
    for (const severity of [1, 5]) {
      const y = corrupt(x, name, severity)
      expect(y.shape).toEqual(x.shape)
      expect(y.dataSync().every((v) => v >= 0 && v <= 1)).toBe(true)
      expect(distance(x, y)).toBeGreaterThan(0.002)
    }
  })

  it('explains wrong names, severities and ids', () => {
    const x = imageTensor()
    expect(() => corrupt(x, 'rain' as CorruptionName, 1)).toThrow(
      'no corruption "rain", expected one of gaussian_noise',
    )
    expect(() => corrupt(x, 'fog', 6)).toThrow('severity is 6, expected a whole number from 0 to 5')
    expect(() => corrupt(x, 'fog', 1.5)).toThrow('severity is 1.5')
    expect(() => corrupt(x, 'fog', 1, { ids: [1] })).toThrow('1 ids for 2 images')
  })

  it('says where it departs from the original', () => {
    const [frost, fog] = describePipeline([
      { name: 'corruption-frost', severity: 2 },
      { name: 'corruption-fog', severity: 2 },
    ])
    expect(frost!.note).toContain('procedural texture')
    expect(fog!.note).toBeUndefined()
  })
})

describe('parts of the original', () => {
  it('enlarges the middle with the outermost pixels in place', () => {
    expect(rounded(zoom(line([0, 0.2, 0.6, 0.8]), 1))).toEqual([0, 0.2, 0.6, 0.8])
    // 4 / 2 = 2 pixels in the middle become 4: 0.2 … 0.6.
    expect(rounded(zoom(line([0, 0.2, 0.6, 0.8]), 2))).toEqual([0.2, 0.3333, 0.4667, 0.6].map((v, i) => (i ? v : 0.2)))
    expect(rounded(zoomBlur(line([0, 0.2, 0.6, 0.8]), [2], draw))[0]).toBeCloseTo(0.1, 4)
  })

  it('blurs on one side of a pixel, with half a Gaussian', () => {
    const dot = { data: new Float32Array([0, 0, 0, 1, 0]), height: 1, width: 5, channels: 1 }
    const weights = [0, 1, 2].map((i) => Math.exp(-(i ** 2) / 2))
    const sum = weights.reduce((a, b) => a + b)
    const streaked = streak(dot, 1, 1, 0)
    expect(streaked[3]).toBeCloseTo(weights[0]! / sum, 6)
    expect(streaked[2]).toBeCloseTo(weights[1]! / sum, 6)
    expect(streaked[1]).toBeCloseTo(weights[2]! / sum, 6)
    expect(streaked[4]).toBe(0)
  })

  it('takes box means when it shrinks and copies when it enlarges', () => {
    expect(rounded(pixelate(line([0, 0.4, 0.8, 1]), 0.5, draw))).toEqual([0.2, 0.2, 0.9, 0.9])
  })

  it('moves pixels by at most the reach, and invents none', () => {
    const levels = Float32Array.from({ length: 100 }, (_, p) => p / 255)
    const shuffled = glassBlur(tf.tensor4d(levels, [1, 10, 10, 1]), [0.05, 1, 1], draw).dataSync()
    const places = Array.from(shuffled, (v) => Math.round(255 * v))
    for (const [p, q] of places.entries()) {
      expect(Math.abs(Math.floor(p / 10) - Math.floor(q / 10))).toBeLessThanOrEqual(1)
      expect(Math.abs((p % 10) - (q % 10))).toBeLessThanOrEqual(1)
    }
    expect(places.some((q, p) => q !== p)).toBe(true)
  })

  it('displaces nothing without strength, and little with little', () => {
    const x = imageTensor()
    expect(largestDifference(elasticTransform(x, [0, 0, 0], draw).dataSync(), x.dataSync())).toBeLessThan(1e-5)
    expect(distance(elasticTransform(x, [0.5, 4, 0], draw), x)).toBeLessThan(0.05)
  })

  it('makes clouds that reach from 0 to 1 and are smoother with more decay', () => {
    const random = () => {
      let state = 1
      return () => {
        state = (state * 48271) % 2147483647
        return state / 2147483647
      }
    }
    const roughness = (decay: number) => {
      const map = plasmaFractal(32, decay, random())
      expect(Math.min(...map)).toBe(0)
      expect(Math.max(...map)).toBe(1)
      return map.reduce((sum, v, p) => sum + (p % 32 ? Math.abs(v - map[p - 1]!) : 0), 0)
    }
    expect(roughness(1.4)).toBeGreaterThan(roughness(3))
  })
})
