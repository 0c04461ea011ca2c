import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { createPreprocessor } from './preprocessing.js'

beforeAll(() => tf.setBackend('cpu'))

it('subtracts the mean and divides by the deviation, channel by channel, and lets gradients through', () => {
  const preprocessor = createPreprocessor({ mean: [0.5, 0.25], std: [0.5, 0.25] }, { height: 1, width: 2, channels: 2 })
  tf.tidy(() => {
    const images = tf.tensor4d([0, 0.5, 1, 0.25], [1, 1, 2, 2])
    expect(Array.from(preprocessor.apply(images).dataSync())).toEqual([-1, 1, 1, 0])
    const gradient = tf.grad((x) => tf.sum(preprocessor.apply(x as tf.Tensor4D)))(images)
    expect(Array.from(gradient.dataSync())).toEqual([2, 4, 2, 4])
  })
  preprocessor.dispose()
  expect(tf.memory().numTensors).toBe(0)
})

it('uses a single value for every channel', () => {
  const preprocessor = createPreprocessor({ mean: [0.5], std: [0.5] }, { height: 1, width: 1, channels: 3 })
  expect(Array.from(tf.tidy(() => preprocessor.apply(tf.ones([1, 1, 1, 3])).dataSync()))).toEqual([1, 1, 1])
  preprocessor.dispose()
})

it('refuses lists that do not fit', () => {
  const attempt = (mean: number[], std: number[]) => () =>
    createPreprocessor({ mean, std }, { height: 2, width: 2, channels: 3 })
  expect(attempt([0, 0], [1])).toThrow(/mean has 2 entries, expected one per channel, 3/)
  expect(attempt([0], [1, 0, 1])).toThrow(/std is \[1, 0, 1\], expected positive numbers/)
  expect(attempt([Number.NaN], [1])).toThrow(/mean is \[NaN\]/)
  expect(tf.memory().numTensors).toBe(0)
})
