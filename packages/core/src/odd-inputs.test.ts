import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, text, texts, whole } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

type Builder = ReturnType<typeof buildGraph>

function open(g: Builder) {
  const { modelTopology, weightSpecs, weightData } = g.artifacts()
  const inMemory = { save: (handler: tf.io.IOHandler) => handler.save!({ modelTopology, weightSpecs, weightData }) }
  return openGraphModel(inMemory, { preprocessing: 'none' })
}

/** Mean over the map and a dense layer. */
function head(g: Builder, y: string, channels: number): void {
  g.op('Mean', 'net/mean/Mean', [y, g.integers('net/mean/axes', [1, 2])], { keep_dims: flag(false) })
  g.op('MatMul', 'net/scores/MatMul', ['net/mean/Mean', g.weights('net/scores/kernel', [channels, 3])])
}

const pixels = (channels: number) => tf.randomUniform<tf.Rank.R4>([2, 6, 5, channels], 0, 1, 'float32', 7)

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => {
  tf.disposeVariables()
  expect(tf.memory().numTensors).toBe(0)
})

describe('inputs beside the image', () => {
  it.each([
    ['dropout/keep_prob', 1],
    ['keep_prob_1', 1],
    ['drop_rate', 0],
    ['is_training', 0],
    ['phase_train', 0],
  ])('%s is %d', async (name, value) => {
    const [g, plain] = [buildGraph(), buildGraph()]
    g.placeholder('x', [-1, 6, 5, 2])
    g.placeholder(name, [])
    g.op('AddV2', 'net/changed', ['x', name])
    head(g, 'net/changed', 2)
    plain.placeholder('x', [-1, 6, 5, 2])
    head(plain, 'x', 2)
    const [classifier, expected] = [await open(g), await open(plain)]
    const images = pixels(2)
    const shifted = tf.add<tf.Tensor4D>(images, value)
    const [found, wanted] = [(await classifier.predict(images)).logits, (await expected.predict(shifted)).logits]
    expect(largestDifference(found, wanted)).toBeLessThan(1e-5)
    for (const owned of [images, shifted, classifier, expected]) owned.dispose()
  })

  it('that carry data are told, with the image among them', async () => {
    const g = buildGraph()
    g.placeholder('x', [-1, 6, 5, 2])
    g.placeholder('age', [-1, 3])
    head(g, 'x', 2)
    g.op('AddV2', 'net/sum', ['net/scores/MatMul', 'age'])
    await expect(open(g)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(
        /the model takes "x" \[n, 6, 5, 2\] and "age" \[n, 3\], expected one image: .*"outputName"/,
      ),
    })
    const inputs = [tfl.input({ shape: [6, 5, 2], name: 'image' }), tfl.input({ shape: [6, 5, 2], name: 'mask' })]
    const product = tfl.layers.multiply().apply(inputs) as tfl.SymbolicTensor
    const outputs = tfl.layers.globalAveragePooling2d({}).apply(product) as tfl.SymbolicTensor
    const model = tfl.model({ inputs, outputs })
    await expect(openLayersModel(model, { preprocessing: 'none' })).rejects.toThrow(
      /the model takes "image" \[n, 6, 5, 2\] and "mask" \[n, 6, 5, 2\], expected one image/,
    )
  })
})

describe('grey images without an axis of channels', () => {
  it('go into a graph', async () => {
    const g = buildGraph()
    g.placeholder('x', [-1, 6, 5])
    g.op('ExpandDims', 'net/channels', ['x', g.integers('last', -1)])
    g.op('Conv2D', 'net/conv/Conv2D', ['net/channels', g.weights('net/conv/kernel', [3, 3, 1, 2])], {
      strides: ints(1, 1, 1, 1),
    })
    head(g, 'net/conv/Conv2D', 2)
    const classifier = await open(g)
    expect(classifier.info.input).toEqual({ height: 6, width: 5, channels: 1 })
    expect(classifier.info.layers[0]).toEqual({ name: 'conv', kind: 'conv', channels: 2, height: 4, width: 3 })
    const images = pixels(1)
    expect((await classifier.predict(images)).logits.length).toBe(6)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    expect(slopeError(loss, images)).toBeLessThan(1e-2)
    for (const owned of [images, classifier]) owned.dispose()
  })

  it('are not mistaken for one image without an axis of images', async () => {
    const g = buildGraph()
    g.placeholder('x', [6, 5, 3])
    g.op('ExpandDims', 'net/batch', ['x', g.integers('first', 0)])
    head(g, 'net/batch', 3)
    await expect(open(g)).rejects.toThrow(/the input is \[6, 5, 3\], expected \[n, height, width, channels\]/)
  })

  it('go into a layers model', async () => {
    const model = tfl.sequential()
    model.add(tfl.layers.reshape({ name: 'channels', targetShape: [6, 5, 1], inputShape: [6, 5] }))
    model.add(tfl.layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3 }))
    model.add(tfl.layers.globalAveragePooling2d({ name: 'pool' }))
    const classifier = await openLayersModel(model, { preprocessing: 'none' })
    expect(classifier.info.input).toEqual({ height: 6, width: 5, channels: 1 })
    const images = pixels(1)
    const expected = tf.tidy(() => (model.predict(tf.squeeze(images, [3])) as tf.Tensor).dataSync())
    expect(largestDifference((await classifier.predict(images)).logits, expected)).toBeLessThan(1e-5)
    for (const owned of [images, classifier, model]) owned.dispose()
  })
})

it.each<[number, [number, number]]>([
  [2, [2, 1]],
  [1, [2, 1]],
  [1, [2, 2]],
])(
  'a convolution in groups of %i channels and strides of %o, merged and plain, is one of each group',
  async (size, strides) => {
    const [groups, each] = [4 / size, (size * 8) / 4]
    const g = buildGraph()
    g.placeholder('x', [-1, 6, 5, 4])
    const filter = g.weights('net/conv/kernel', [3, 3, size, 8])
    g.op('_FusedConv2D', 'net/conv/Relu', ['x', filter, g.weights('net/conv/bias', [8])], {
      ...{ strides: ints(1, ...strides, 1), padding: text('SAME'), data_format: text('NHWC') },
      ...{ num_args: whole(1), fused_ops: texts('BiasAdd', 'Relu') },
    })
    head(g, 'net/conv/Relu', 8)
    const classifier = await open(g)
    const images = pixels(4)
    const { taps } = await classifier.predict(images, [{ layer: 'conv', reduce: 'none' }])
    const expected = tf.tidy(() => {
      const values = new Float32Array(g.artifacts().weightData)
      const count = 72 * size
      const weights = tf.tensor4d(values.slice(0, count), [3, 3, size, 8])
      const parts = Array.from({ length: groups }, (_, i) =>
        tf.conv2d(
          tf.slice(images, [0, 0, 0, size * i], [-1, -1, -1, size]),
          tf.slice(weights, [0, 0, 0, each * i], [-1, -1, -1, each]),
          strides,
          'same',
        ),
      )
      return tf.relu(tf.add(tf.concat(parts, 3), tf.tensor1d(values.slice(count, count + 8)))).dataSync()
    })
    expect(largestDifference(taps[0]!.data as Float32Array, expected)).toBeLessThan(1e-5)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    expect(slopeError(loss, images)).toBeLessThan(1e-2)
    for (const owned of [images, classifier]) owned.dispose()
  },
)
