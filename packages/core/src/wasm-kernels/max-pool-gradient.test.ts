import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { registerWasmKernels } from './index.js'

const cases: [size: number, stride: number, pad: 'valid' | 'same', relu: boolean][] = [
  [2, 2, 'valid', false],
  [2, 2, 'valid', true],
  [3, 2, 'same', false],
  [3, 1, 'same', true],
  [3, 2, 'valid', false],
]

it.each(cases)(
  'gives the gradient of the cpu backend: size %i, stride %i, %s, relu %s',
  async (size, stride, pad, relu) => {
    const gradients: ArrayLike<number>[] = []
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      registerWasmKernels()
      const before = tf.memory().numTensors
      const gradient = tf.tidy(() => {
        const x = tf.randomNormal([2, 7, 6, 5], -0.5, 1, 'float32', 3) as tf.Tensor4D
        return tf.grad((v) => {
          const pooled = tf.maxPool(v as tf.Tensor4D, size, stride, pad)
          return tf.sum(tf.mul(pooled, tf.randomNormal(pooled.shape, 0, 1, 'float32', 4)))
        })(relu ? tf.relu(x) : x)
      })
      gradients.push(await gradient.data())
      gradient.dispose()
      expect(tf.memory().numTensors).toBe(before)
    }
    const [cpu, wasm] = gradients as [ArrayLike<number>, ArrayLike<number>]
    for (let i = 0; i < cpu.length; i++) expect(wasm[i]).toBeCloseTo(cpu[i]!, 5)
  },
)
