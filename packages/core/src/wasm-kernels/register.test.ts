import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it, vi } from 'vitest'
import { normal } from './compare-backends.test.data.js'
import { registerWasmKernels } from './index.js'

it('registers before and after the start of the backend, once and without a warning', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  registerWasmKernels()
  const first = tf.getKernel('Conv2DBackpropInput', 'wasm')
  await tf.setBackend('wasm')
  registerWasmKernels()
  expect(tf.getKernel('Conv2DBackpropInput', 'wasm')).toBe(first)
  // Strides that differ are left to the backend's own kernel, which its start had to set up.
  const [x, w] = [normal([1, 4, 4, 2]) as tf.Tensor4D, normal([3, 3, 2, 2]) as tf.Tensor4D]
  expect(tf.grad((v) => tf.sum(tf.conv2d(v as tf.Tensor4D, w, [2, 1], 'same')))(x).shape).toEqual(x.shape)
  expect(warn).not.toHaveBeenCalled()
})
