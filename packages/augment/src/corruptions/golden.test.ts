import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { toTensor } from '@vatun/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { imageTensor, largestDifference } from '../fixtures/golden.test.helper.js'
import { corrupt } from './corrupt.js'
import type { CorruptionName } from './corruption-names.js'

beforeAll(async () => {
  await tf.setBackend('wasm')
})

/** Those without random numbers, in the order of the fixture; how far, in levels of 255, ours may be from the original's libraries. */
const limits: [CorruptionName, number][] = [
  ['defocus_blur', 1],
  ['zoom_blur', 1],
  ['brightness', 1],
  ['contrast', 1],
  ['pixelate', 1],
  ['jpeg_compression', 0],
  ['gaussian_blur', 1],
  ['saturate', 1],
]
const severities = [1, 3, 5]

const values = new Uint8Array(readFileSync(new URL('../fixtures/corruptions.u8', import.meta.url)))
const pair = 2 * 32 * 32 * 3
const side = 72
const large = side * side * 3
const ofLarge = limits.length * severities.length * pair
const part = (start: number, size: number) => values.subarray(start, start + size)

function differs(images: tf.Tensor4D, name: CorruptionName, severity: number, expected: Uint8Array): number {
  return tf.tidy(() =>
    largestDifference(tf.round(tf.mul(corrupt(images, name, severity, { seed: 0 }), 255)).dataSync(), expected),
  )
}

describe.each(limits)('%s agrees with OpenCV, SciPy, scikit-image and Pillow', (name, limit) => {
  const position = limits.findIndex(([other]) => other === name)

  it.each(severities)('at severity %i of CIFAR-10-C', (severity) => {
    const expected = part((position * severities.length + severities.indexOf(severity)) * pair, pair)
    const images = imageTensor()
    expect(differs(images, name, severity, expected)).toBeLessThanOrEqual(limit)
    images.dispose()
  })

  it('at severity 4 of ImageNet-C', () => {
    const data = part(ofLarge, large)
    const images = toTensor({ data, n: 1, height: side, width: side, channels: 3 })
    expect(differs(images, name, 4, part(ofLarge + (1 + position) * large, large))).toBeLessThanOrEqual(limit)
    images.dispose()
  })
})
