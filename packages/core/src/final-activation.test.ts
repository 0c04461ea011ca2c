import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, text, texts, whole } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import type { Classifier } from './index.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

const { layers } = tfl
const shape: [number, number, number, number] = [3, 4, 4, 2]
const pixels = () => tf.randomNormal<tf.Rank.R4>(shape, 0, 1, 'float32', 5)
const constant = (value: number) => tfl.initializers.constant({ value })
const seeded = () => ({ kernelInitializer: tfl.initializers.randomNormal({ seed: 3 }) })

/** A layers model of mean, then the given end; opens it, compares it, and cleans up. */
async function withLayers<T>(
  end: tfl.layers.Layer[],
  options: Partial<Parameters<typeof openLayersModel>[1]>,
  use: (classifier: Classifier, images: tf.Tensor4D, expected: Float32Array) => T | Promise<T>,
): Promise<T> {
  const stem = layers.conv2d({ name: 'stem', inputShape: shape.slice(1), filters: 3, kernelSize: 1, ...seeded() })
  const model = tfl.sequential({ layers: [stem, layers.globalAveragePooling2d({ name: 'mean' }), ...end] })
  const images = pixels()
  const expected = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync<'float32'>())
  try {
    const classifier = await openLayersModel(model, { preprocessing: 'none', ...options })
    const result = await use(classifier, images, expected)
    classifier.dispose()
    return result
  } finally {
    for (const owned of [model, images]) owned.dispose()
  }
}

function graph(classes: number, ends: readonly string[], shapeAfter: number[]) {
  const g = buildGraph()
  g.placeholder('x', [-1, 4, 4, 2])
  g.op('Mean', 'net/mean/Mean', ['x', g.integers('axes', [1, 2])], { keep_dims: flag(true) })
  const weights = g.weights('net/scores/kernel', [1, 1, 2, classes], 3)
  const ones = ints(1, 1, 1, 1)
  const plain = { padding: text('VALID'), data_format: text('NHWC'), strides: ones, dilations: ones }
  g.op('Conv2D', 'net/scores/Conv2D', ['net/mean/Mean', weights], plain)
  for (const [i, end] of ends.entries()) g.op(end, `end${i}`, [i > 0 ? `end${i - 1}` : 'net/scores/Conv2D'])
  const last = ends.length > 0 ? `end${ends.length - 1}` : 'net/scores/Conv2D'
  g.op('Reshape', 'row', [last, g.integers('shape', shapeAfter)])
  g.op('Identity', 'Identity', ['row'])
  return g
}

/** A graph model in memory, of operations that the converter's own executor lacks. */
function saved(g: ReturnType<typeof graph>) {
  const { modelTopology, weightSpecs, weightData } = g.artifacts()
  return { save: (handler: tf.io.IOHandler) => handler.save!({ modelTopology, weightSpecs, weightData }) }
}

async function openGraph(g: ReturnType<typeof graph>, output?: 'logits' | 'softmax') {
  const model = await loadGraphModel({ load: async () => g.artifacts() })
  const images = pixels()
  const expected = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync<'float32'>())
  images.dispose()
  try {
    return { expected, classifier: await openGraphModel(model, { preprocessing: 'none', ...(output && { output }) }) }
  } finally {
    model.dispose()
  }
}

function gradientError({ differentiable }: Classifier, images: tf.Tensor4D, column: number): number {
  const score = (x: tf.Tensor) => tf.sum(tf.slice(differentiable!.logits(x as tf.Tensor4D), [0, column], [-1, 1]))
  return slopeError(score, images)
}

/** Pairs of probabilities from those of the second class. */
const pairs = (second: ArrayLike<number>) => Array.from(second).flatMap((p) => [1 - p, p])

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  afterEach(() => expect(tf.memory().numTensors).toBe(0))

  it.each(['a dense layer with it', 'an activation after it'])('one sigmoid is two classes: %s', async (kind) => {
    await tf.setBackend(backend)
    const end = kind.startsWith('a dense')
      ? [layers.dense({ name: 'scores', units: 1, activation: 'sigmoid', ...seeded() })]
      : [layers.dense({ name: 'scores', units: 1, ...seeded() }), layers.activation({ activation: 'sigmoid' })]
    await withLayers(end, { classNames: ['cat', 'dog'] }, async (classifier, images, expected) => {
      expect(classifier.info).toMatchObject({ output: 'softmax', classNames: ['cat', 'dog'], penultimate: 'mean' })
      const { probabilities, logits } = await classifier.predict(images)
      expect(largestDifference(probabilities, pairs(expected))).toBeLessThan(1e-6)
      expect(logits[0]).toBe(-logits[1]!)
      for (const column of [0, 1]) expect(gradientError(classifier, images, column)).toBeLessThan(0.01)
    })
  })

  it('one sigmoid is two classes in a graph, arranged or not', async () => {
    await tf.setBackend(backend)
    const { classifier, expected } = await openGraph(graph(1, ['Sigmoid'], [-1, 1]))
    const images = pixels()
    const { probabilities } = await classifier.predict(images)
    expect(classifier.info).toMatchObject({ output: 'softmax', classNames: ['0', '1'] })
    expect(largestDifference(probabilities, pairs(expected))).toBeLessThan(1e-6)
    expect(gradientError(classifier, images, 1)).toBeLessThan(0.01)
    for (const owned of [classifier, images]) owned.dispose()
  })

  it('one sigmoid is two classes where it is merged into a product', async () => {
    await tf.setBackend(backend)
    const g = buildGraph()
    g.placeholder('x', [-1, 4, 4, 2])
    g.op('Mean', 'net/mean/Mean', ['x', g.integers('axes', [1, 2])], { keep_dims: flag(false) })
    const inputs = ['net/mean/Mean', g.weights('net/scores/kernel', [2, 1], 3), g.weights('net/scores/bias', [1])]
    g.op('_FusedMatMul', 'net/scores/Sigmoid', inputs, { num_args: whole(1), fused_ops: texts('BiasAdd', 'Sigmoid') })
    const classifier = await openGraphModel(saved(g), { preprocessing: 'none' })
    const images = pixels()
    const { probabilities } = await classifier.predict(images)
    const expected = tf.tidy(() => {
      const weights = tf.io.decodeWeights(g.artifacts().weightData, g.weightSpecs)
      const [kernel, bias] = [weights['net/scores/kernel']!, weights['net/scores/bias']!]
      return tf.sigmoid(tf.add(tf.matMul(tf.mean(images, [1, 2]), kernel), bias)).dataSync()
    })
    expect(largestDifference(probabilities, pairs(expected))).toBeLessThan(1e-6)
    for (const owned of [classifier, images]) owned.dispose()
  })

  it('looks behind an arrangement for the softmax, whose logits stay exact where a probability vanishes', async () => {
    await tf.setBackend(backend)
    const end = [
      layers.reshape({ targetShape: [1, 1, 3] }),
      layers.conv2d({ filters: 2, kernelSize: 1, kernelInitializer: constant(300), useBias: false }),
      layers.conv2d({ name: 'scores', filters: 2, kernelSize: 1, ...seeded() }),
      layers.activation({ name: 'act', activation: 'softmax' }),
      layers.reshape({ name: 'row', targetShape: [2] }),
    ]
    await withLayers(end, {}, async (classifier, images, expected) => {
      expect(classifier.info.output).toBe('softmax')
      const { probabilities, logits, taps } = await classifier.predict(images, [{ layer: 'row', reduce: 'none' }])
      expect(largestDifference(probabilities, expected)).toBeLessThan(1e-6)
      expect(largestDifference(taps[0]!.data, expected)).toBeLessThan(1e-6)
      const raw = tf.tidy(() => tf.reshape(classifier.differentiable!.activation(images, 'scores'), [3, 2]).arraySync())
      for (const [i, [a, b]] of (raw as [number, number][]).entries())
        expect((logits[2 * i]! - logits[2 * i + 1]!) / (a - b)).toBeCloseTo(1, 4)
    })
    const { classifier, expected } = await openGraph(graph(3, ['Softmax'], [-1, 3]))
    const images = pixels()
    expect(classifier.info).toMatchObject({ output: 'softmax', penultimate: 'mean' })
    expect(largestDifference((await classifier.predict(images)).probabilities, expected)).toBeLessThan(1e-6)
    expect(gradientError(classifier, images, 2)).toBeLessThan(0.01)
    for (const owned of [classifier, images]) owned.dispose()
  })
})

describe('any arrangement of a row', () => {
  afterEach(() => expect(tf.memory().numTensors).toBe(0))

  const map = () => layers.reshape({ targetShape: [1, 1, 3] })
  const convolution = (filters: number, activation: 'softmax' | 'sigmoid') =>
    layers.conv2d({ name: 'scores', filters, kernelSize: 1, activation, ...seeded() })
  it.each([
    ['a convolution with softmax, flattened', [map(), convolution(2, 'softmax'), layers.flatten()]],
    ['a convolution with softmax, as a map', [map(), convolution(2, 'softmax')]],
    ['a convolution with sigmoid, flattened', [map(), convolution(1, 'sigmoid'), layers.flatten()]],
    [
      'a dense layer with softmax, reshaped',
      [
        layers.dense({ name: 'scores', units: 4, activation: 'softmax', ...seeded() }),
        layers.reshape({ targetShape: [1, 4, 1] }),
        layers.permute({ dims: [1, 3, 2] }),
      ],
    ],
  ])('%s', async (_, end) => {
    await tf.setBackend('wasm')
    await withLayers(end, {}, async (classifier, images, expected) => {
      expect(classifier.info.output).toBe('softmax')
      const { probabilities, logits } = await classifier.predict(images)
      const isSingle = expected.length === 3
      expect(largestDifference(probabilities, isSingle ? pairs(expected) : expected)).toBeLessThan(1e-6)
      expect(gradientError(classifier, images, 1)).toBeLessThan(0.01)
      const before = tf.tidy(() =>
        classifier.differentiable!.activation(images, 'scores').dataSync<'float32'>().slice(),
      )
      // Not the logarithm of what softmax or sigmoid gave.
      expect(logits[1]! - logits[0]!).toBeCloseTo(isSingle ? before[0]! : before[1]! - before[0]!, 5)
    })
  })

  it.each([
    [['Softmax', 'Log'], 'logits'],
    [['LogSoftmax'], 'logits'],
    [['LogSoftmax', 'Identity', 'Exp'], 'softmax'],
  ] as const)('a graph that ends in %j', async (ends, output) => {
    await tf.setBackend('wasm')
    for (const shape of [
      [-1, 3],
      [-1, 1, 3, 1],
    ]) {
      const { classifier, expected } = await openGraph(graph(3, ends, shape))
      const images = pixels()
      const { probabilities } = await classifier.predict(images)
      expect(classifier.info.output).toBe(output)
      const meant = output === 'logits' ? expected.map(Math.exp) : expected
      expect(largestDifference(probabilities, meant)).toBeLessThan(1e-6)
      expect(gradientError(classifier, images, 1)).toBeLessThan(0.01)
      for (const owned of [classifier, images]) owned.dispose()
    }
  })

  it('refuses a softmax over each of several places', async () => {
    const end = [layers.reshape({ targetShape: [3, 1] }), layers.dense({ units: 2, activation: 'softmax' })]
    await expect(withLayers([...end, layers.flatten()], {}, () => {})).rejects.toThrow(
      /is \[1, 3, 2\] for one image, expected one value for each class/,
    )
  })
})

describe('one number that is a probability', () => {
  afterEach(() => expect(tf.memory().numTensors).toBe(0))

  const end = (factor: number) => [
    layers.dense({ name: 'scores', units: 1, ...seeded() }),
    layers.dense({ units: 1, activation: 'hardSigmoid', kernelInitializer: constant(factor) }),
  ]

  it('is that of the second class, with logits that have slopes', async () => {
    await tf.setBackend('wasm')
    await withLayers(end(1), { output: 'softmax' }, async (classifier, images, expected) => {
      expect(classifier.info).toMatchObject({ output: 'softmax', classNames: ['0', '1'] })
      expect(expected.every((p) => p > 0 && p < 1)).toBe(true)
      const { probabilities, logits } = await classifier.predict(images)
      expect(largestDifference(probabilities, pairs(expected))).toBeLessThan(1e-6)
      expect(logits[1]! - logits[0]!).toBeCloseTo(Math.log(expected[0]! / (1 - expected[0]!)), 4)
      expect(gradientError(classifier, images, 1)).toBeLessThan(0.01)
    })
  })

  it.each([1e6, -1e6])('stays finite at 0 and 1, %d', async (factor) => {
    await tf.setBackend('wasm')
    await withLayers(end(factor), { output: 'softmax' }, async (classifier, images, expected) => {
      expect(expected.every((p) => p === 0 || p === 1)).toBe(true)
      const { probabilities, logits } = await classifier.predict(images)
      expect(largestDifference(probabilities, pairs(expected))).toBeLessThan(1e-6)
      expect(logits.every((z) => Math.abs(z) > 40 && Math.abs(z) < 100)).toBe(true)
      const slopes = tf.tidy(() =>
        tf
          .grad((x) => tf.sum(tf.slice(classifier.differentiable!.logits(x as tf.Tensor4D), [0, 1], [-1, 1])))(images)
          .dataSync(),
      )
      expect(slopes.every(Number.isFinite)).toBe(true)
    })
  })

  it('has to be one', async () => {
    await tf.setBackend('wasm')
    const linear = layers.dense({
      units: 1,
      kernelInitializer: constant(0),
      useBias: true,
      biasInitializer: constant(1.5),
    })
    await expect(withLayers([linear], { output: 'softmax' }, () => {})).rejects.toThrow(
      'the scores of a black image are 1.5, not a probability: should "output" be "logits"?',
    )
  })
})

describe('asks what an output is', () => {
  const open = (units: number, activation: 'linear' | 'sigmoid', output?: 'logits' | 'softmax') =>
    withLayers(
      [layers.dense({ units, activation, ...seeded() })],
      output ? { output } : {},
      async (classifier, images) => {
        const { logits } = await classifier.predict(images)
        return { logits, output: classifier.info.output }
      },
    )

  it('of one number', async () => {
    await tf.setBackend('cpu')
    await expect(open(1, 'linear')).rejects.toThrow(
      /one number for an image: .* set "output" to "logits", or to "softmax"/,
    )
    const { logits, output } = await open(1, 'linear', 'logits')
    expect(output).toBe('logits')
    expect(logits).toHaveLength(6)
    await expect(open(1, 'sigmoid', 'logits')).rejects.toThrow(/ends in sigmoid, its output cannot be "logits"/)
    await expect(openGraph(graph(1, [], [-1, 1]))).rejects.toThrow(/one number for an image/)
  })

  it('of a sigmoid for each class', async () => {
    await tf.setBackend('cpu')
    await expect(open(3, 'sigmoid')).rejects.toThrow(/a sigmoid for each of 3 classes.* set "output" to "logits"/)
    const before = await open(3, 'sigmoid', 'logits')
    const linear = await open(3, 'linear', 'logits')
    expect(before.output).toBe('logits')
    expect(largestDifference(before.logits, linear.logits)).toBeLessThan(1e-6)
    await expect(openGraph(graph(3, ['Sigmoid'], [-1, 3]))).rejects.toThrow(/a sigmoid for each of 3 classes/)
  })
})
