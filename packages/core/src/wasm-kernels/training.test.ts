import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { expect, it } from 'vitest'
import { relativeError } from '../golden.test.data.js'
import { registerGradients } from '../gradients/index.js'
import { normal } from './compare-backends.test.data.js'
import { registerWasmKernels } from './index.js'

async function useWasm(): Promise<void> {
  await tf.setBackend('wasm')
  registerWasmKernels()
}

function createModel(): tfl.Sequential {
  const model = tfl.sequential({
    layers: [
      tfl.layers.conv2d({ inputShape: [12, 12, 3], filters: 6, kernelSize: 3, padding: 'same', activation: 'relu' }),
      tfl.layers.batchNormalization(),
      tfl.layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.layers.separableConv2d({ filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' }),
      tfl.layers.conv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu6' }),
      tfl.layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }),
      tfl.layers.averagePooling2d({ poolSize: 2 }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, activation: 'softmax' }),
    ],
  })
  model.setWeights(
    model.getWeights().map((weight, i) => (weight.rank > 1 ? tf.mul(normal(weight.shape, i + 1), 0.3) : weight)),
  )
  model.compile({ optimizer: tf.train.adam(0.02), loss: 'categoricalCrossentropy' })
  return model
}

it('trains a layers model as the cpu backend does', async () => {
  const losses: Record<string, number[]> = {}
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    // As opening and asking a model does; the cpu backend comes first, without.
    if (backend === 'wasm') {
      registerGradients()
      registerWasmKernels()
    }
    const model = createModel()
    const x = normal([8, 12, 12, 3])
    const y = tf.oneHot(tf.tensor1d([0, 1, 2, 0, 1, 2, 0, 1], 'int32'), 3)
    losses[backend] = []
    for (let step = 0; step < 4; step++) losses[backend].push((await model.trainOnBatch(x, y)) as number)
    model.dispose()
    tf.dispose([x, y])
  }
  const [first, , , last] = losses.cpu!
  expect(last).toBeLessThan(first!)
  for (const [step, loss] of losses.cpu!.entries()) expect(losses.wasm![step]).toBeCloseTo(loss, 4)
})

const slope = (x: tf.Tensor, filter: tf.Tensor): ArrayLike<number> =>
  tf.tidy(() =>
    tf
      .grad((v) => tf.sum(tf.square(tf.conv2d(v as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'))))(x)
      .dataSync(),
  )

it('follows a filter that training changes', async () => {
  await useWasm()
  const x = normal([1, 5, 5, 2])
  const filter = tf.variable(normal([3, 3, 2, 4], 2))
  const before = slope(x, filter)
  const optimizer = tf.train.sgd(0.1)
  optimizer.minimize(() => tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same'))))
  const after = slope(x, filter)
  const copy = tf.tensor(filter.dataSync(), filter.shape)
  expect(relativeError(after, slope(x, copy))).toBeLessThan(1e-6)
  expect(relativeError(after, before)).toBeGreaterThan(0.1)
  filter.assign(copy as tf.Tensor4D)
  expect(slope(x, filter)).toEqual(slope(x, copy))
  optimizer.dispose()
  tf.dispose([x, filter, copy])
})

it('keeps nothing of a filter that is gone, and tells shapes of the same data apart', async () => {
  await useWasm()
  const x = normal([1, 5, 5, 2])
  const start = [tf.memory().numTensors, tf.backend().numDataIds()]
  for (let i = 0; i < 50; i++) {
    const filter = normal([3, 1, 2, 4], i + 1)
    const turned = tf.reshape(filter, [1, 3, 2, 4])
    const [tall, wide] = [slope(x, filter), slope(x, turned)]
    expect(relativeError(wide, tall)).toBeGreaterThan(0.1)
    tf.dispose([filter, turned])
    expect([tf.memory().numTensors, tf.backend().numDataIds()]).toEqual(start)
  }
  x.dispose()
})

it('follows a filter to another backend and back', async () => {
  await useWasm()
  const x = normal([1, 5, 5, 2])
  const filter = normal([3, 3, 2, 4], 2)
  const first = slope(x, filter)
  await tf.setBackend('cpu')
  expect(relativeError(slope(x, filter), first)).toBeLessThan(1e-5)
  await useWasm()
  expect(slope(x, filter)).toEqual(first)
  tf.dispose([x, filter])
})

it('holds no memory over many gradients', async () => {
  await useWasm()
  const [x, filter, depthwise] = [normal([2, 6, 6, 3]), normal([3, 3, 3, 3]), normal([3, 3, 3, 1])] as const
  const run = (): void =>
    tf.tidy(() => {
      tf.grads((v, w) => {
        const y = tf.conv2d(v as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')
        return tf.sum(
          tf.depthwiseConv2d(tf.maxPool(y as tf.Tensor4D, 2, 1, 'same'), depthwise as tf.Tensor4D, 1, 'same'),
        )
      })([x, filter])
    })
  run()
  const start = [tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()]
  for (let i = 0; i < 300; i++) run()
  expect([tf.memory().numTensors, tf.memory().numBytes, tf.backend().numDataIds()]).toEqual(start)
  tf.dispose([x, filter, depthwise])
})
