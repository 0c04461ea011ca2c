import * as tf from '@tensorflow/tfjs-core'
import { afterEach, expect, it } from 'vitest'
import { registerGradients } from '../gradients/index.js'
import './compare-backends.test.data.js'
import { registerWasmKernels } from './index.js'

afterEach(() => expect(tf.memory().numTensors).toBe(0))

it('lets gradients through within the limits and at them, nothing of what is outside, and has a gradient itself', async () => {
  const results: unknown[] = []
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    registerGradients()
    registerWasmKernels()
    tf.tidy(() => {
      const x = tf.tensor1d([-1, -0, 0, 3, 6, 6.0000005, 7])
      const dy = tf.tensor1d([Number.POSITIVE_INFINITY, 1, 2, 3, 4, 5, Number.NEGATIVE_INFINITY])
      const clipped = (v: tf.Tensor) => tf.clipByValue(v, 0, 6)
      const first = tf.grad(clipped)(x, dy)
      const square = (v: tf.Tensor) => tf.mul(clipped(v), clipped(v))
      const second = tf.grad((v) => tf.grad(square)(v))(x)
      results.push([first, second].map((t) => Array.from(t.dataSync())))
    })
  }
  expect(results[0]).toEqual([
    [0, 1, 2, 3, 4, 0, 0],
    [0, 2, 2, 2, 2, 0, 0],
  ])
  expect(results[1]).toEqual(results[0])
})
