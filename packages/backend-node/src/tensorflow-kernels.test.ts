import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { allAxes, applyPipeline, augmentations, stepOf } from '@vatun/augment'
import { type Classifier, toTensor } from '@vatun/core'
import { openLayersModel } from '@vatun/core/layers'
import { explainImage } from '@vatun/explain'
import { openOnnx } from '@vatun/onnx'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { registerTensorflowKernels } from './tensorflow-kernels.js'
import { startTfjsNodeLike, tfjsNodeKernels } from './tfjs-node.test.data.js'

const used = startTfjsNodeLike()
registerTensorflowKernels()
registerTensorflowKernels()

const random = (shape: [number, number, number, number], seed: number) =>
  tf.randomUniform<tf.Rank.R4>(shape, -1, 1, 'float32', seed)

type Padding = [[number, number], [number, number], [number, number], [number, number]]
const borders: Padding = [[0, 0], [1, 1], [1, 0], [0, 0]] // biome-ignore format: four pairs

let tensors = 0
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => expect(tf.memory().numTensors).toBe(tensors))

function expectClose(found: number[], expected: number[]): void {
  expect(found.length).toBe(expected.length)
  expect(Math.max(...found.map((value, at) => Math.abs(value - expected[at]!)))).toBeLessThan(1e-4)
}

/** Values and gradients of a function of an image and a filter on one backend. */
async function onBackend(
  name: string,
  compute: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor,
  filter: tf.Tensor4D,
) {
  await tf.setBackend(name)
  return tf.tidy(() => {
    const x = random([2, 8, 7, 4], 1)
    const own = tf.tensor4d(filter.dataSync().slice(), filter.shape)
    const loss = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.square(compute(a as tf.Tensor4D, b as tf.Tensor4D)))
    const slopes = tf.grads(loss)([x, own])
    return [compute(x, own), ...slopes].map((result) => Array.from(result.dataSync()))
  })
}

describe('on a backend with the limits of tfjs-node, as on cpu', () => {
  type Compute = (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor
  /** A function of the filter too, whose gradient then exists. */
  const pooled =
    (pool: (x: tf.Tensor4D) => tf.Tensor): Compute =>
    (x, filter) =>
      tf.add(pool(x), tf.sum(filter))
  const cases: Readonly<Record<string, [shape: [number, number, number, number], Compute]>> = {
    'a maximum with explicit padding': [[1, 1, 1, 1], pooled((x) => tf.maxPool(x, 3, 2, borders))],
    'a convolution with explicit padding': [[3, 3, 4, 5], (x, filter) => tf.conv2d(x, filter, 2, borders)],
    'a depthwise convolution with explicit padding': [
      [3, 3, 4, 2],
      (x, filter) => tf.depthwiseConv2d(x, filter, 2, borders),
    ],
  }

  it.each(Object.keys(cases))('%s', async (name) => {
    const [shape, compute] = cases[name]!
    await tf.setBackend('cpu')
    const filter = random(shape, 2)
    const [found, expected] = [await onBackend('tensorflow', compute, filter), await onBackend('cpu', compute, filter)]
    await tf.setBackend('cpu')
    filter.dispose()
    for (const [i, values] of found.entries()) expectClose(values, expected[i]!)
  })

  const forward: Readonly<Record<string, (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor>> = {
    'an average with explicit padding, over the pixels of each window': (x) => tf.avgPool(x, 3, 2, borders),
    'a depthwise convolution with dilations': (x, filter) => tf.depthwiseConv2d(x, filter, 1, borders, 'NHWC', [2, 3]),
    'a depthwise convolution with dilations, merged with what follows': (x, filter) =>
      tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'same', dilations: 2, activation: 'relu' }),
  }

  it.each(Object.keys(forward))('%s', async (name) => {
    const results: number[][] = []
    for (const backend of ['tensorflow', 'cpu']) {
      await tf.setBackend(backend)
      const compute = () => forward[name]!(random([2, 8, 7, 4], 1), random([3, 2, 4, 1], 2))
      results.push(tf.tidy(() => Array.from(compute().dataSync())))
    }
    expectClose(results[0]!, results[1]!)
  })
})

describe('with the kernels of tfjs-node 4.22', () => {
  const folder = new URL('../../../examples/models/resnet20-cifar10/', import.meta.url)
  const preprocessing = {
    mean: [0.4914, 0.4822, 0.4465],
    std: [0.247, 0.2435, 0.2616],
    resize: { height: 24, width: 24, crop: 0.875 },
  }
  const bytes = Uint8Array.from({ length: 24 * 24 * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) % 256)
  const image = { data: bytes, n: 1, height: 24, width: 24, channels: 3 }
  const models: Readonly<Record<string, () => Promise<Classifier>>> = {
    'a layers model': () => openLayersModel(new URL('tfjs/model.json', folder), { preprocessing }),
    'an ONNX model': () => openOnnx(new URL('resnet20-cifar10.onnx', folder), { preprocessing }),
  }
  beforeAll(() => tf.setBackend('tensorflow'))

  it.each(Object.keys(models))('predicts, taps and explains by %s', async (name) => {
    const classifier = await models[name]!()
    const { lastConv, penultimate } = classifier.info
    const { logits, taps } = await classifier.predict(image, [
      { layer: lastConv, reduce: 'max' },
      { layer: lastConv, reduce: 'mean' },
      { layer: penultimate, reduce: 'none' },
    ])
    expect(logits.every(Number.isFinite)).toBe(true)
    expect(taps.length).toBe(3)
    const { map } = await explainImage(classifier, image, { method: 'grad-cam', layer: lastConv, classIndex: 3 })
    expect(map.length).toBe(24 * 24)
    classifier.dispose()
  })

  it('changes images in every way, attacks included', async () => {
    const classifier = await openLayersModel(new URL('tfjs/model.json', folder), {
      preprocessing: { ...preprocessing, resize: { height: 24, width: 24 } },
    })
    const x = toTensor(image)
    const single = augmentations.filter(({ parameters }) => parameters.length === 0)
    const steps = [
      ...allAxes.map((axis) => stepOf(axis, axis.degrees.at(-2)!)),
      ...single.map(({ name }) => ({ name })),
    ]
    for (const step of steps) {
      const slow = ['bim', 'pgd'].includes(step.name) ? { steps: 1 } : {}
      const values = tf.tidy(() => applyPipeline(x, [{ ...step, ...slow }], { classifier, ids: [1] }).dataSync())
      expect(
        values.every((value) => value >= 0 && value <= 1),
        step.name,
      ).toBe(true)
    }
    for (const owned of [x, classifier]) owned.dispose()
  })

  it('is missing what VATUN does without', () => {
    expect(used.size).toBeGreaterThan(40)
    for (const missing of ['Transform', 'RotateWithOffset', 'SearchSorted'])
      expect(tfjsNodeKernels).not.toContain(missing)
    const rotate = () =>
      tf.tidy(() => tf.image.transform(random([1, 4, 4, 1], 1), tf.tensor2d([[1, 0, 0, 0, 1, 0, 0, 0]])))
    expect(rotate).toThrow(/Transform.* not registered for backend 'tensorflow'/)
  })
})
