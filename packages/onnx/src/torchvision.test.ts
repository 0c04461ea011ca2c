import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { convLayers, penultimateTap } from '@vatun/core'
import { createProgramNetwork, createTfjsClassifier } from '@vatun/core/layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compile } from './compile.js'
import { relativeError } from './golden.test.data.js'
import { readGraph } from './graph.js'
import { images, readTorchvision, type TorchvisionModel } from './torchvision.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

async function open({ name, model }: TorchvisionModel) {
  const network = await createProgramNetwork(compile(readGraph(model())))
  return createTfjsClassifier(network, { name, preprocessing: 'none', hash: '', format: 'onnx' })
}

/** The layer that feeds the classification layer, and the last convolution that is executed. */
const ROLES: Readonly<Record<string, readonly [penultimate: string, lastConv: string]>> = {
  alexnet: ['classifier.4', 'features.10'],
  'vgg-bn': ['classifier.0', 'features.25'],
  resnet: ['avgpool', 'layer4.0.downsample.0'],
  resnext: ['avgpool', 'layer4.0.downsample.0'],
  densenet: ['GlobalAveragePool', 'features.denseblock4.denselayer2.conv2'],
  'mobilenet-v2': ['GlobalAveragePool', 'features.18.0'],
  'mobilenet-v3': ['classifier.0', 'features.12.0'],
  mnasnet: ['ReduceMean', 'layers.14'],
  squeezenet: ['features.12', 'classifier.1'],
  googlenet: ['avgpool', 'inception5b.branch4.1.conv'],
  efficientnet: ['avgpool', 'features.8.0'],
  convnext: ['avgpool', 'features.7.0.block.0'],
  'convnext-17': ['avgpool', 'features.7.0.block.0'],
  'regnet-x': ['avgpool', 'trunk_output.block3.block3-2.f.c.0'],
  'regnet-y': ['avgpool', 'trunk_output.block3.block3-2.f.c.0'],
  'shufflenet-v2': ['ReduceMean', 'conv5.0'],
  'shufflenet-v2-fixed': ['ReduceMean', 'conv5.0'],
}

const toImages = (size: number): tf.Tensor4D =>
  tf.tidy(() => tf.transpose(tf.tensor4d(images(size), [2, 3, size, size]), [0, 2, 3, 1]))

describe.each(readTorchvision().map((model) => [model.name, model] as const))('%s', (_, model) => {
  it('agrees with PyTorch in logits and gradient, and is described rightly', async () => {
    const classifier = await open(model)
    const x = toImages(model.size)
    const expected = model.logits()
    const largest = Math.max(...expected.map(Math.abs))

    const { logits, taps } = await classifier.predict(x, [penultimateTap(classifier.info)])
    expect(Math.max(...logits.map((v, i) => Math.abs(v - expected[i]!))) / largest).toBeLessThan(1e-4)
    expect(taps[0]!.shape[0]).toBe(2)
    const alone = tf.slice(x, [1, 0, 0, 0])
    const second = await classifier.predict(alone)
    expect(relativeError(second.logits, expected.subarray(10))).toBeLessThan(1e-4)
    tf.dispose(alone)

    const { info } = classifier
    expect(info.input).toEqual({ height: model.size, width: model.size, channels: 3 })
    expect(info.output).toBe('logits')
    const filters = (layers: readonly (readonly [string, number])[]) => layers.map(([name, n]) => `${name} ${n}`).sort()
    expect(filters(convLayers(info).map(({ name, channels }) => [name, channels]))).toEqual(filters(model.convs))

    expect([info.penultimate, info.lastConv]).toEqual(ROLES[model.name])

    const gradient = model.gradient()
    if (gradient) {
      const found = tf.tidy(() => {
        const first = tf.slice(x, [0, 0, 0, 0], [1, -1, -1, -1])
        return tf
          .grad((v) => tf.max(classifier.differentiable!.logits(v as tf.Tensor4D)))(first)
          .dataSync<'float32'>()
          .slice()
      })
      expect(relativeError(found, gradient)).toBeLessThan(1e-3)
    }
    tf.dispose(x)
    classifier.dispose()
  })
})
