import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { largestDifference } from '../fixtures/golden.test.helper.js'
import { gaussianBlur } from './blur.js'
import { brightness, brightnessFactor } from './brightness.js'
import { flipHorizontal, flipVertical } from './flip.js'
import { hue } from './hue.js'
import { regionMask } from './region.js'
import { removeRegion } from './remove-region.js'
import { rotation } from './rotation.js'

type Change = (x: tf.Tensor4D) => tf.Tensor4D
type Shape = readonly [number, number, number, number]

beforeAll(async () => {
  await tf.setBackend('wasm')
})

let tensors = 0
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

const pixels = (shape: Shape, seed: number) => tf.randomUniform([...shape], 0, 1, 'float32', seed) as tf.Tensor4D
const values = (make: () => tf.Tensor): Float32Array => tf.tidy(() => make().dataSync() as Float32Array)

const shapes = fc.tuple(
  fc.integer({ min: 1, max: 3 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.constantFrom(1, 3),
)
const amounts = fc.double({ min: -1, max: 1, noNaN: true })

const changes: Record<string, (amount: number) => Change> = {
  hue: (a) => (x) => hue(x.shape[3] === 3 ? x : (tf.tile(x, [1, 1, 1, 3]) as tf.Tensor4D), a * 720),
  brightness: (a) => (x) => brightness(x, a),
  brightnessFactor: (a) => (x) => brightnessFactor(x, 3 * Math.abs(a)),
  rotation: (a) => (x) => rotation(x, a * 720, Math.abs(a)),
  flipHorizontal: () => flipHorizontal,
  flipVertical: () => flipVertical,
  gaussianBlur: (a) => (x) => gaussianBlur(x, 5 * Math.abs(a)),
  ellipse: (a) => (x) => removeRegion(x, { shape: 'ellipse', top: 4 * a, left: 1, height: 5, width: 3 }, 'mean'),
}

describe.each(Object.entries(changes))('%s', (_name, change) => {
  it('gives finite values in [0, 1] for any image size and magnitude, and leaves its input alone', () => {
    fc.assert(
      fc.property(shapes, amounts, (shape, amount) => {
        const x = pixels(shape, 1)
        const before = x.dataSync().slice()
        const y = values(() => change(amount)(x))
        expect(y.every((v) => v >= 0 && v <= 1)).toBe(true)
        expect(x.dataSync()).toEqual(before)
        x.dispose()
      }),
      { numRuns: 25 },
    )
  })

  it('treats each image of a batch as if it were alone', () => {
    tf.tidy(() => {
      const x = pixels([3, 7, 5, 3], 2)
      const together = change(0.3)(x)
      const alone = tf.concat([0, 1, 2].map((i) => change(0.3)(tf.slice(x, [i, 0, 0, 0], [1, -1, -1, -1]))))
      expect(largestDifference(together.dataSync(), alone.dataSync())).toBeLessThan(1e-6)
    })
  })
})

describe('identities', () => {
  const identities: Record<string, Change> = {
    'hue 0': (x) => hue(x, 0),
    'hue 360': (x) => hue(x, 360),
    'brightness 0': (x) => brightness(x, 0),
    'brightnessFactor 1': (x) => brightnessFactor(x, 1),
    'rotation 0': (x) => rotation(x, 0),
    'rotation -360': (x) => rotation(x, -360),
    'four times 90': (x) => [1, 2, 3, 4].reduce((y) => rotation(y, 90), x),
    'twice 180': (x) => rotation(rotation(x, 180), 180),
    '90 and back': (x) => rotation(rotation(x, 90), -90),
    'flipped twice': (x) => flipHorizontal(flipHorizontal(x)),
    'upside down twice': (x) => flipVertical(flipVertical(x)),
    'rotation 180 after both flips': (x) => rotation(flipVertical(flipHorizontal(x)), 180),
    'blur 0': (x) => gaussianBlur(x, 0),
    'empty region': (x) => removeRegion(x, { shape: 'rectangle', top: 3, left: 2, height: 0, width: 4 }),
    'no pixels': (x) => removeRegion(x, { shape: 'pixels', pixels: [] }, 'mean'),
  }
  it.each(Object.entries(identities))('%s changes not one bit', (_name, change) => {
    tf.tidy(() => {
      const x = pixels([2, 6, 6, 3], 3)
      expect(change(x).dataSync()).toEqual(x.dataSync())
    })
  })

  it('turns hue back within rounding', () => {
    tf.tidy(() => {
      const x = pixels([2, 6, 6, 3], 4)
      expect(largestDifference(hue(hue(x, 77), -77).dataSync(), x.dataSync())).toBeLessThan(1e-5)
    })
  })
})

describe('what people expect to see', () => {
  it('rotates counter-clockwise: what was at the right goes to the top', () => {
    const x = tf.tensor4d([0, 0, 0, 0, 0, 1, 0, 0, 0], [1, 3, 3, 1])
    expect(Array.from(values(() => rotation(x, 90)))).toEqual([0, 1, 0, 0, 0, 0, 0, 0, 0])
    x.dispose()
  })

  it('turns red by 120° into green and by 240° into blue', () => {
    const red = tf.tensor4d([1, 0, 0], [1, 1, 1, 3])
    expect(Array.from(values(() => hue(red, 120)))).toEqual([0, 1, 0])
    expect(Array.from(values(() => hue(red, -120)))).toEqual([0, 0, 1])
    red.dispose()
  })

  it('leaves an even image even, whatever the blur', () => {
    const x = tf.fill([1, 4, 5, 1], 0.25) as tf.Tensor4D
    expect(
      largestDifference(
        values(() => gaussianBlur(x, 7)),
        new Float32Array(20).fill(0.25),
      ),
    ).toBeLessThan(1e-6)
    x.dispose()
  })

  it('fills a removed region with black or with the mean colour', () => {
    const x = tf.tensor4d([0.25, 0.5, 0.75, 0.5], [1, 2, 2, 1])
    const region = { shape: 'rectangle', top: 0, left: 0, height: 1, width: 1 } as const
    expect(Array.from(values(() => removeRegion(x, region)))).toEqual([0, 0.5, 0.75, 0.5])
    expect(Array.from(values(() => removeRegion(x, region, 'mean')))).toEqual([0.5, 0.5, 0.75, 0.5])
    x.dispose()
  })

  it('inscribes the ellipse in its rectangle and cuts it at the border', () => {
    const area = regionMask({ shape: 'ellipse', top: 0, left: 0, height: 40, width: 20 }, 40, 20).reduce(
      (a, b) => a + b,
    )
    expect(area / 800).toBeCloseTo(Math.PI / 4, 2)
    expect(regionMask({ shape: 'rectangle', top: -1, left: -1, height: 2, width: 9 }, 2, 3)).toEqual(
      new Float32Array([1, 1, 1, 0, 0, 0]),
    )
  })
})

describe('errors', () => {
  it.each<[string, Change, string]>([
    ['grey', (x) => hue(tf.mean(x, 3, true), 10), 'hue: images have 1 channel, expected 3'],
    ['NaN', (x) => brightness(x, Number.NaN), 'brightness: amount is NaN'],
    ['negative factor', (x) => brightnessFactor(x, -1), 'brightnessFactor: factor is -1, expected at least 0'],
    ['negative sigma', (x) => gaussianBlur(x, -1), 'sigma is -1'],
    ['even kernel', (x) => gaussianBlur(x, 1, 4), 'kernelSize is 4, expected an odd number'],
    ['rank', (x) => rotation(tf.mean(x, 0), 10), 'images have rank 3, expected 4'],
    ['infinite angle', (x) => rotation(x, Number.POSITIVE_INFINITY), 'degrees is Infinity'],
    ['outer pixel', (x) => removeRegion(x, { shape: 'pixels', pixels: [16] }), 'no pixel 16, expected 0 to 15'],
  ])('names the trouble: %s', (_name, change, message) => {
    tf.tidy(() => {
      expect(() => change(pixels([1, 4, 4, 3], 5))).toThrow(message)
    })
  })
})
