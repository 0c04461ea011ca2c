import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { expect } from 'vitest'
import { relativeError } from '../golden.test.data.js'
import { registerWasmKernels } from './index.js'

/** The same values on every backend. */
export function normal(shape: readonly number[], seed = 1): tf.Tensor {
  return tf.randomNormal([...shape], 0, 1, 'float32', seed)
}

/** Gradients of `sum(f(inputs) * fixed noise)` by each of the inputs, on one backend. No tensor stays. */
export async function gradients(
  backend: 'cpu' | 'wasm',
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: () => tf.Tensor[],
): Promise<ArrayLike<number>[]> {
  await tf.setBackend(backend)
  registerWasmKernels()
  const before = tf.memory().numTensors
  const results = tf.tidy(() =>
    tf.grads((...xs) => {
      const y = f(...xs)
      return tf.sum(tf.mul(y, normal(y.shape, 99)))
    })(inputs()),
  )
  const values = await Promise.all(results.map((result) => result.data()))
  tf.dispose(results)
  expect(tf.memory().numTensors).toBe(before)
  return values
}

/** Compares the wasm backend, completed by our kernels, with the cpu backend of TensorFlow.js, an implementation of its own. */
export async function expectSameGradients(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: () => tf.Tensor[],
): Promise<void> {
  const expected = await gradients('cpu', f, inputs)
  const actual = await gradients('wasm', f, inputs)
  for (const [i, values] of expected.entries()) {
    const norm = Math.hypot(...Array.from(values))
    if (norm === 0) expect(Math.hypot(...Array.from(actual[i]!))).toBe(0)
    else expect(relativeError(actual[i]!, values), `input ${i}`).toBeLessThan(1e-5)
  }
}
