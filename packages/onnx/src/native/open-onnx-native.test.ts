import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, convLayers, type Tap, toTensor } from '@vatun/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classNames, golden, largestDifference, modelPath, preprocessing, relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { openOnnxNative } from './index.js'

const options = { name: 'model', classNames, preprocessing }

beforeAll(() => tf.setBackend('wasm'))
afterAll(() => expect(tf.memory().numTensors).toBe(0))

describe.each([
  ['ResNet-20', 'resnet20', 'resnet20-cifar10', 8],
  ['VGG-16', 'vgg16', 'vgg16-cifar10', 3],
] as const)('%s', (_, reference, file, n) => {
  const { floats, images } = golden(reference)
  let native: Classifier
  let onTfjs: Classifier
  beforeAll(async () => {
    native = await openOnnxNative(modelPath(file), options)
    onTfjs = await openOnnx(modelPath(file), options)
  })
  afterAll(() => {
    native.dispose()
    onTfjs.dispose()
  })

  it('is described as on tfjs', () => expect(native.info).toEqual(onTfjs.info))

  it('agrees with PyTorch', async () => {
    const { logits, probabilities } = await native.predict(images(n))
    expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-4)
    expect(largestDifference(probabilities, floats('softmax'))).toBeLessThan(1e-5)
  })

  it('gives the same taps as tfjs for every layer and reduction', async () => {
    const taps = native.info.layers.flatMap(({ name }): Tap[] => [
      { layer: name, reduce: 'max' },
      { layer: name, reduce: 'mean' },
      { layer: name, reduce: 'none' },
    ])
    const [found, expected] = await Promise.all([native.predict(images(2), taps), onTfjs.predict(images(2), taps)])
    for (const [i, { data, shape }] of expected.taps.entries()) {
      expect(found.taps[i]!.shape).toEqual(shape)
      expect(relativeError(found.taps[i]!.data, data), JSON.stringify(taps[i])).toBeLessThan(1e-5)
    }
  })
})
