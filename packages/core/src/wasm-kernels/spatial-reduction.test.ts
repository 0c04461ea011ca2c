import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, expect, it } from 'vitest'
import { registerWasmKernels } from './index.js'

beforeAll(async () => {
  await tf.setBackend('wasm')
  registerWasmKernels()
})

const x = () => tf.randomNormal([2, 13, 9, 5], 0, 1, 'float32', 7)

/** Counts what a kernel is called for. */
function count(kernelName: string, task: () => void): number {
  const kernel = tf.getKernel(kernelName, 'wasm')!
  let calls = 0
  const kernelFunc: tf.KernelFunc = (params) => {
    calls++
    return kernel.kernelFunc(params)
  }
  tf.unregisterKernel(kernelName, 'wasm')
  tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc })
  try {
    task()
  } finally {
    tf.unregisterKernel(kernelName, 'wasm')
    tf.registerKernel(kernel)
  }
  return calls
}

it.each([
  ['max', 'MaxPool', tf.max],
  ['mean', 'AvgPool', tf.mean],
] as const)('%s over height and width is one pooling, over other axes it is none', (_, pooling, reduce) => {
  for (const axes of [
    [1, 2],
    [2, 1],
    [-3, -2],
  ])
    expect(count(pooling, () => tf.tidy(() => void reduce(x(), axes)))).toBe(1)
  for (const axes of [[2, 3], [1], undefined])
    expect(count(pooling, () => tf.tidy(() => void reduce(x(), axes)))).toBe(0)
})

it.each([
  [[1, 2], false, [2, 5]],
  [[1, 2], true, [2, 1, 1, 5]],
] as const)('gives the numbers of a loop: axes %j, keepDims %j', (axes, keepDims, shape) => {
  tf.tidy(() => {
    const maps = x()
    const values = maps.dataSync<'float32'>()
    const channel = (i: number) => values.filter((_, at) => Math.floor(at / 585) * 5 + (at % 5) === i)
    const [max, mean] = [tf.max(maps, [...axes], keepDims), tf.mean(maps, [...axes], keepDims)]
    expect(max.shape).toEqual(shape)
    expect(mean.shape).toEqual(shape)
    const means = mean.dataSync()
    for (const [i, largest] of max.dataSync().entries()) {
      expect(largest).toBe(Math.max(...channel(i)))
      expect(means[i]).toBeCloseTo(channel(i).reduce((a, b) => a + b, 0) / 117, 6)
    }
  })
})
