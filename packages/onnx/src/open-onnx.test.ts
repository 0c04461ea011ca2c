import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { argmax, type Classifier, convLayers, toTensor } from '@vatun/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  classNames,
  golden,
  largestDifference,
  modelPath,
  preprocessing,
  relativeError,
  smallNet,
} from './golden.test.data.js'
import { openOnnx } from './index.js'

const options = { name: 'model', classNames, preprocessing }

beforeAll(() => tf.setBackend('wasm'))
afterAll(() => expect(tf.memory().numTensors).toBe(0))

function gradients(classifier: Classifier, x: tf.Tensor4D, logits: Float32Array, labels: Int32Array) {
  const n = labels.length
  const forward = (v: tf.Tensor) => classifier.differentiable!.logits(v as tf.Tensor4D)
  const top = tf.oneHot(tf.argMax(tf.tensor2d(logits, [n, 10]), 1), 10)
  const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), 10)
  return {
    grad_top_logit: tf
      .grad((v) => tf.sum(tf.mul(forward(v), top)))(x)
      .dataSync<'float32'>(),
    grad_loss: tf
      .grad((v) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(forward(v)), truth))))(x)
      .dataSync<'float32'>(),
  }
}

describe('ResNet-20', () => {
  const { floats, integers, images } = golden('resnet20')
  let classifier: Classifier
  beforeAll(async () => {
    classifier = await openOnnx(modelPath('resnet20-cifar10'), options)
  })
  afterAll(() => classifier.dispose())

  it('gets readable layer names and the right roles', () => {
    const { info } = classifier
    expect(info).toMatchObject({ format: 'onnx', output: 'logits', penultimate: 'ReduceMean' })
    expect(info.lastConv).toBe('blocks.8.c2')
    expect(info.input).toEqual({ height: 32, width: 32, channels: 3 })
    expect(convLayers(info)).toHaveLength(21)
    expect(info.layers.slice(10, 14)).toEqual([
      { name: 'blocks.3.c1', kind: 'conv', channels: 32, height: 16, width: 16 },
      { name: 'blocks.3.c2', kind: 'conv', channels: 32, height: 16, width: 16 },
      { name: 'blocks.3.short.0', kind: 'conv', channels: 32, height: 16, width: 16 },
      { name: 'blocks.3', kind: 'other', channels: 32, height: 16, width: 16 },
    ])
    expect(JSON.parse(JSON.stringify(info))).toEqual(info)
  })

  it('agrees with PyTorch', async () => {
    const { logits, probabilities } = await classifier.predict(images(8))
    expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-4)
    expect(largestDifference(probabilities, floats('softmax'))).toBeLessThan(1e-5)
  })

  it('gives input gradients that agree with PyTorch', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const found = gradients(classifier, toTensor(images(8)), floats('logits'), integers('labels'))
      // Image 2 is among those on a kink, below.
      for (const image of [0, 1, 3, 4, 5, 6, 7])
        for (const name of ['grad_top_logit', 'grad_loss'] as const) {
          const [from, to] = [image * 3072, (image + 1) * 3072]
          expect(relativeError(found[name].subarray(from, to), floats(name).subarray(from, to))).toBeLessThan(1e-4)
        }
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('continues from the activation of every layer, also beside a residual connection, to the same logits', () => {
    tf.tidy(() => {
      const x = toTensor(images(2))
      const model = classifier.differentiable!
      const logits = model.logits(x).dataSync()
      for (const { name } of classifier.info.layers) {
        const rest = model.logitsFrom(x, name, model.activation(x, name))
        expect(largestDifference(rest.dataSync(), logits), name).toBeLessThan(1e-5)
      }
    })
  })

  it('differentiates the rest of the network by an activation as finite differences do', () => {
    tf.tidy(() => {
      const x = toTensor(images(1))
      const model = classifier.differentiable!
      const layer = 'blocks.7.c1'
      const activation = model.activation(x, layer) as tf.Tensor4D
      const score = (a: tf.Tensor) => tf.slice(model.logitsFrom(x, layer, a), [0, 3], [1, 1])
      const gradient = tf.grad((a) => tf.sum(score(a)))(activation)
      // Along the gradient, where the slope is its norm and rounding matters least.
      const norm = tf.norm(gradient).dataSync()[0]!
      const step = tf.mul(gradient, 0.02 / norm)
      const [up, down] = [tf.add(activation, step), tf.sub(activation, step)].map((a) => score(a).dataSync()[0]!)
      expect((up! - down!) / 0.04 / norm).toBeCloseTo(1, 2)
    })
  })

  it('executes only what the result depends on', async () => {
    const x = toTensor(images(1))
    const model = classifier.differentiable!
    const convolutionsAfter = async (layer: string): Promise<number> => {
      const activation = model.activation(x, layer)
      const profile = await tf.profile(() => model.logitsFrom(x, layer, activation).dispose())
      activation.dispose()
      return profile.kernels.filter((kernel) => kernel.name === 'Conv2D').length
    }
    expect(await convolutionsAfter('blocks.8')).toBe(0)
    expect(await convolutionsAfter('blocks.8.c2')).toBe(19)
    x.dispose()
  })
})

describe('VGG-16', () => {
  const { floats, integers, images } = golden('vgg16')
  let classifier: Classifier
  beforeAll(async () => {
    classifier = await openOnnx(modelPath('vgg16-cifar10'), options)
  })
  afterAll(() => classifier.dispose())

  it('keeps its layer names and finds the paper’s layers', () => {
    const { info } = classifier
    expect(info).toMatchObject({ penultimate: 'fc1', lastConv: 'conv5_3', output: 'logits' })
    const convolutions = convLayers(info)
    expect(convolutions.map((l) => l.name).join(' ')).toBe(
      'conv1_1 conv1_2 conv2_1 conv2_2 conv3_1 conv3_2 conv3_3 conv4_1 conv4_2 conv4_3 conv5_1 conv5_2 conv5_3',
    )
    expect(convolutions.reduce((sum, l) => sum + l.channels, 0)).toBe(4224)
  })

  it('agrees with PyTorch in logits, features, spatial maxima and argmax sequences', async () => {
    const layers = convLayers(classifier.info)
    const { logits, probabilities, taps } = await classifier.predict(images(3), [
      { layer: 'fc1', reduce: 'none' },
      ...layers.map(({ name }) => ({ layer: name, reduce: 'max' }) as const),
    ])
    expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-4)
    expect(largestDifference(probabilities, floats('softmax'))).toBeLessThan(1e-5)
    const [features, ...maxima] = taps
    expect(features!.shape).toEqual([3, 512])
    expect(largestDifference(features!.data, floats('penultimate'))).toBeLessThan(1e-4)
    for (const [l, { name, channels }] of layers.entries()) {
      expect(maxima[l]!.shape).toEqual([3, channels])
      expect(relativeError(maxima[l]!.data, floats(`max_${name}`)), name).toBeLessThan(1e-5)
    }
    const sequences = [0, 1, 2].flatMap((image) =>
      layers.map(({ channels }, l) => argmax(maxima[l]!.data, image * channels, channels)),
    )
    expect(sequences).toEqual(Array.from(integers('argmax_sequence')))
  })

  it('gives input gradients that agree with PyTorch', () => {
    tf.tidy(() => {
      const found = gradients(classifier, toTensor(images(3)), floats('logits'), integers('labels'))
      for (const name of ['grad_top_logit', 'grad_loss'] as const)
        expect(relativeError(found[name], floats(name)), name).toBeLessThan(1e-4)
    })
  })
})

describe.each([
  ['VGG-16', 'vgg16Kinks', 'vgg16-cifar10', 5],
  ['ResNet-20', 'resnet20Kinks', 'resnet20-cifar10', 3],
] as const)('%s at kinks, where rounding decides', (_, reference, file, n) => {
  it('gives the input gradients of double precision', async () => {
    const { floats, integers, images } = golden(reference)
    const classifier = await openOnnx(modelPath(file), options)
    const { logits } = await classifier.predict(images(n))
    tf.tidy(() => {
      const found = gradients(classifier, toTensor(images(n)), logits, integers('labels'))
      for (const name of ['grad_top_logit', 'grad_loss'] as const)
        expect(relativeError(found[name], floats(name)), name).toBeLessThan(1e-5)
    })
    classifier.dispose()
  })
})

describe('a small network with a flattened map', () => {
  const { floats, images } = golden('small')

  it('agrees with PyTorch, from bytes as from a file, with spec overrides', async () => {
    const plain = { ...options, preprocessing: { mean: [0], std: [1] }, lastConv: 'conv2' }
    const buffer = new Uint8Array(readFileSync(smallNet)).buffer
    for (const source of [smallNet, smallNet.href, buffer, new Uint8Array(buffer)]) {
      const classifier = await openOnnx(source, plain)
      expect(classifier.info).toMatchObject({ lastConv: 'conv2', penultimate: 'conv3' })
      const { logits } = await classifier.predict(images(3))
      expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-5)
      classifier.dispose()
    }
  })
})
