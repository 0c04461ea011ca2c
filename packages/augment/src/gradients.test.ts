import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { gaussianBlur } from './augmentations/blur.js'
import { contrast } from './augmentations/contrast.js'
import { flipHorizontal, flipVertical } from './augmentations/flip.js'
import { motionBlur } from './augmentations/motion-blur.js'
import { perspective } from './augmentations/perspective.js'
import { rotation } from './augmentations/rotation.js'
import { largestDifference } from './fixtures/golden.test.helper.js'

type Change = (x: tf.Tensor4D) => tf.Tensor4D

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const changes: [string, Change][] = [
  ['rotation', (x) => rotation(x, 23, 0.5)],
  ['perspective', (x) => perspective(x, 0.3, -0.2, 'reflect')],
  ['blur', (x) => gaussianBlur(x, 1.5)],
  ['motion blur', (x) => motionBlur(x, 4, 30)],
  ['contrast', (x) => contrast(x, 0.6)],
  ['horizontal flip', flipHorizontal],
  ['vertical flip', flipVertical],
]

describe.each(changes)('%s, while a gradient is recorded', (_name, change) => {
  it('gives the same values, and the gradient of finite differences', () => {
    tf.tidy(() => {
      // Far from 0 and 1, where values are cut off, and from ties between channels.
      const noise = tf.randomUniform([2, 7, 6, 3], 0, 0.1, 'float32', 1)
      const x = tf.add(noise, tf.tensor1d([0.3, 0.45, 0.6])) as tf.Tensor4D
      const weights = tf.randomUniform([2, 7, 6, 3], -1, 1, 'float32', 2)
      const along = tf.randomUniform([2, 7, 6, 3], -1, 1, 'float32', 3)
      let recorded: Float32Array | undefined
      const loss = (t: tf.Tensor) => {
        const y = change(t as tf.Tensor4D)
        recorded = y.dataSync().slice() as Float32Array
        return tf.sum(tf.mul(y, weights)) as tf.Scalar
      }
      const slope = tf.sum(tf.mul(tf.grad(loss)(x), along)).dataSync()[0]!
      expect(largestDifference(recorded!, change(x).dataSync())).toBeLessThan(1e-6)
      const step = 5e-3
      const at = (distance: number) => loss(tf.add(x, tf.mul(along, distance))).dataSync()[0]!
      expect(slope).toBeCloseTo((at(step) - at(-step)) / (2 * step), 2)
    })
  })
})
