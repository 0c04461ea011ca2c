import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { augmented, imageTensor, largestDifference } from '../fixtures/golden.test.helper.js'
import { gaussianBlur } from './blur.js'
import { brightnessFactor } from './brightness.js'
import { flipHorizontal, flipVertical } from './flip.js'
import { hue } from './hue.js'
import { removeRegion } from './remove-region.js'
import { rotation } from './rotation.js'

type Change = (x: tf.Tensor4D) => tf.Tensor4D

const colour: Record<string, Change> = {
  'hue_-0.4': (x) => hue(x, -144),
  'hue_-0.1': (x) => hue(x, -36),
  'hue_0.25': (x) => hue(x, 90),
  'hue_0.5': (x) => hue(x, 180),
  'brightness_0.3': (x) => brightnessFactor(x, 0.3),
  'brightness_1.5': (x) => brightnessFactor(x, 1.5),
  hflip: flipHorizontal,
  vflip: flipVertical,
  'gaussian_blur_k3_s0.8': (x) => gaussianBlur(x, 0.8, 3),
  'gaussian_blur_k5_s1.0': (x) => gaussianBlur(x, 1, 5),
  'gaussian_blur_k9_s2.0': (x) => gaussianBlur(x, 2, 9),
  erase_8_10_12_9: (x) => removeRegion(x, { shape: 'rectangle', top: 8, left: 10, height: 12, width: 9 }),
}

const rotations: Record<string, number> = { rotate_15: 15, 'rotate_-30': -30, rotate_90: 90, rotate_137: 137 }

describe.each(['cpu', 'wasm'])('on %s, against torchvision', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
  })

  it.each(Object.entries(colour))('%s is within 1/255', async (name, change) => {
    expect(largestDifference(await apply(change), augmented(name))).toBeLessThan(1 / 255)
  })

  it.each(Object.entries(rotations))(
    '%s is within 2/255 away from the border of the turned image',
    async (name, degrees) => {
      const inside = await apply((x) => rotation(tf.onesLike(x), degrees))
      const actual = await apply((x) => rotation(x, degrees))
      const counts = (i: number) => inside[i]! > 0.9999 || inside[i] === 0
      expect(largestDifference(actual, augmented(name), counts)).toBeLessThan(2 / 255)
      expect(inside.filter((v) => v === 1).length).toBeGreaterThan(0.6 * inside.length)
    },
  )
})

async function apply(change: Change): Promise<Float32Array> {
  const changed = tf.tidy(() => change(imageTensor()))
  const values = (await changed.data()) as Float32Array
  changed.dispose()
  return values
}
