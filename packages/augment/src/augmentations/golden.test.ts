import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  augmented,
  imageTensor,
  jpegOfPillow,
  jpegQualities,
  largestDifference,
  oddJpegOfPillow,
} from '../fixtures/golden.test.helper.js'
import { gaussianBlur } from './blur.js'
import { brightnessFactor } from './brightness.js'
import { contrast } from './contrast.js'
import { flipHorizontal, flipVertical } from './flip.js'
import { gamma } from './gamma.js'
import { grayscale } from './grayscale.js'
import { hue } from './hue.js'
import { invert } from './invert.js'
import { jpeg } from './jpeg.js'
import { posterize } from './posterize.js'
import { removeRegion } from './remove-region.js'
import { rotation } from './rotation.js'
import { saturation } from './saturation.js'
import { scale } from './scale.js'
import { sharpen } from './sharpen.js'
import { shear } from './shear.js'
import { solarize } from './solarize.js'
import { translation } from './translation.js'

type Change = (x: tf.Tensor4D) => tf.Tensor4D

const colour: Record<string, Change> = {
  'hue_-0.4': (x) => hue(x, -144),
  'hue_-0.1': (x) => hue(x, -36),
  'hue_0.25': (x) => hue(x, 90),
  'hue_0.5': (x) => hue(x, 180),
  'brightness_0.3': (x) => brightnessFactor(x, 0.3),
  'brightness_0.7': (x) => brightnessFactor(x, 0.7),
  'brightness_1.5': (x) => brightnessFactor(x, 1.5),
  'brightness_2.0': (x) => brightnessFactor(x, 2),
  'contrast_0.3': (x) => contrast(x, 0.3),
  'contrast_1.8': (x) => contrast(x, 1.8),
  'saturation_0.0': (x) => saturation(x, 0),
  'saturation_0.5': (x) => saturation(x, 0.5),
  'saturation_2.0': (x) => saturation(x, 2),
  'gamma_0.5': (x) => gamma(x, 0.5),
  'gamma_2.2': (x) => gamma(x, 2.2),
  hflip: flipHorizontal,
  vflip: flipVertical,
  'gaussian_blur_k3_s0.8': (x) => gaussianBlur(x, 0.8, 3),
  'gaussian_blur_k5_s1.0': (x) => gaussianBlur(x, 1, 5),
  'gaussian_blur_k9_s2.0': (x) => gaussianBlur(x, 2, 9),
  erase_8_10_12_9: (x) => removeRegion(x, { shape: 'rectangle', top: 8, left: 10, height: 12, width: 9 }),
  grayscale: (x) => grayscale(x),
  invert: (x) => invert(x),
  'solarize_0.5': (x) => solarize(x, 0.5),
  posterize_3: (x) => posterize(x, 3),
  sharpness_2: (x) => sharpen(x, 2),
}

const moves: Record<string, Change> = {
  rotate_15: (x) => rotation(x, 15),
  'rotate_-30': (x) => rotation(x, -30),
  rotate_90: (x) => rotation(x, 90),
  rotate_137: (x) => rotation(x, 137),
  'affine_translate_3_-2': (x) => translation(x, 3, -2),
  'affine_scale_1.3': (x) => scale(x, 1.3),
  affine_shear_20: (x) => shear(x, 20),
}

describe.each(['cpu', 'wasm'])('on %s, against torchvision', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
  })

  it.each(Object.entries(colour))('%s is within 1/255', async (name, change) => {
    expect(largestDifference(await apply(change), augmented(name))).toBeLessThan(1 / 255)
  })

  it.each(Object.entries(moves))('%s is within 2/255 away from the border of the moved image', async (name, change) => {
    const inside = await apply((x) => change(tf.onesLike(x)))
    const actual = await apply(change)
    const counts = (i: number) => inside[i]! > 0.9999 || inside[i] === 0
    expect(largestDifference(actual, augmented(name), counts)).toBeLessThan(2 / 255)
    expect(inside.filter((v) => v > 0.9999).length).toBeGreaterThan(0.6 * inside.length)
  })
})

describe('jpeg, against files of Pillow', () => {
  beforeAll(async () => {
    await tf.setBackend('wasm')
  })

  it.each(jpegQualities)('keeps the same to the bit at quality %i', async (quality) => {
    expect(levels(await apply((x) => jpeg(x, quality)))).toEqual(jpegOfPillow(quality))
  })

  it('pads images that are no multiple of a block as a codec does', async () => {
    const odd = (x: tf.Tensor4D, first: number, channels: number) =>
      jpeg(tf.slice(x, [0, 0, 0, first], [1, 23, 29, channels]), 30)
    expect(levels(await apply((x) => odd(x, 0, 3)))).toEqual(oddJpegOfPillow(3))
    expect(levels(await apply((x) => odd(x, 1, 1)))).toEqual(oddJpegOfPillow(1))
  })
})

function levels(values: Float32Array): Uint8Array {
  return Uint8Array.from(values, (v) => Math.round(255 * v))
}

async function apply(change: Change): Promise<Float32Array> {
  const changed = tf.tidy(() => change(imageTensor()))
  const values = (await changed.data()) as Float32Array
  changed.dispose()
  return values
}
