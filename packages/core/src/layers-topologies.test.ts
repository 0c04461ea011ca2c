import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference, relativeError } from './golden.test.data.js'
import type { Classifier } from './index.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

type Symbolic = tfl.SymbolicTensor

const apply = (layer: tfl.layers.Layer, x: Symbolic | Symbolic[]): Symbolic => layer.apply(x) as Symbolic
const seeded = (seed: number) => ({ kernelInitializer: tfl.initializers.glorotNormal({ seed }) })

/** A network of its own, as transfer learning puts it into another one. */
function base(): tfl.LayersModel {
  const x = tfl.input({ shape: [6, 5, 4] })
  const y = apply(tfl.layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, padding: 'same', ...seeded(1) }), x)
  const z = apply(tfl.layers.activation({ name: 'elu', activation: 'elu' }), y)
  return tfl.model({ name: 'base', inputs: x, outputs: apply(tfl.layers.add({ name: 'sum' }), [x, z]) })
}

/** Branches, a residual, a model inside used twice, and every kind of convolution: 12 × 10 RGB, 3 classes, softmax. */
function everything(): tfl.LayersModel {
  const x = tfl.input({ shape: [12, 10, 3] })
  const separable = tfl.layers.separableConv2d({
    name: 'separable',
    filters: 4,
    kernelSize: 3,
    padding: 'same',
    depthwiseInitializer: tfl.initializers.glorotNormal({ seed: 2 }),
    pointwiseInitializer: tfl.initializers.glorotNormal({ seed: 3 }),
  })
  const start = apply(tfl.layers.batchNormalization({ name: 'norm', momentum: 0.5 }), apply(separable, x))
  const depthwise = tfl.layers.depthwiseConv2d({
    name: 'depthwise',
    kernelSize: 3,
    strides: 2,
    padding: 'same',
    activation: 'tanh',
    depthwiseInitializer: tfl.initializers.glorotNormal({ seed: 4 }),
  })
  const left = apply(depthwise, apply(tfl.layers.reLU({ name: 'six', maxValue: 6 }), start))
  const padded = apply(tfl.layers.zeroPadding2d({ name: 'padded', padding: 1 }), start)
  const right = apply(tfl.layers.conv2d({ name: 'right', filters: 4, kernelSize: 3, strides: 2, ...seeded(5) }), padded)
  const joined = apply(tfl.layers.average({ name: 'joined' }), [left, right])
  const inner = base()
  const twice = apply(inner, apply(inner, joined))
  const pooled = apply(tfl.layers.averagePooling2d({ name: 'pooled', poolSize: 3, strides: 2, padding: 'same' }), twice)
  const up = tfl.layers.conv2dTranspose({ name: 'up', filters: 3, kernelSize: 2, strides: 2, ...seeded(6) })
  const flat = apply(tfl.layers.flatten({ name: 'flat' }), apply(up, pooled))
  const hidden = apply(tfl.layers.dense({ name: 'hidden', units: 5, activation: 'relu', ...seeded(7) }), flat)
  const dropped = apply(tfl.layers.dropout({ name: 'dropped', rate: 0.5 }), hidden)
  const scores = apply(tfl.layers.dense({ name: 'scores', units: 3, ...seeded(8) }), dropped)
  return tfl.model({ inputs: x, outputs: apply(tfl.layers.softmax({ name: 'softmax' }), scores) })
}

/** `LayersModel.dispose` keeps the weights of a layer that is used twice. */
function free(model: tfl.LayersModel): void {
  const weights = model.getWeights()
  model.dispose()
  tf.dispose(weights)
}

const images = () => tf.randomUniform<tf.Rank.R4>([2, 12, 10, 3], 0, 1, 'float32', 9)

beforeAll(() => tf.setBackend('cpu'))

describe.each(['cpu', 'wasm'])('any topology, on %s', (backend) => {
  let model: tfl.LayersModel
  let classifier: Classifier
  beforeAll(async () => {
    await tf.setBackend(backend)
    model = everything()
    classifier = await openLayersModel(model, { preprocessing: 'none' })
  })

  it('is described, with the layers of models inside', () => {
    const { info } = classifier
    expect(info).toMatchObject({
      output: 'softmax',
      penultimate: 'hidden',
      lastConv: 'up',
      classNames: ['0', '1', '2'],
    })
    expect(info.layers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'separable conv',
      'depthwise conv',
      'right conv',
      'joined other',
      'base.conv conv',
      'base.sum other',
      'base_2.conv conv',
      'base_2.sum other',
      'pooled pool',
      'up conv',
      'hidden dense',
      'scores dense',
    ])
  })

  it('predicts what tfjs predicts', async () => {
    const before = tf.memory().numTensors
    const x = images()
    const expected = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync())
    expect(largestDifference((await classifier.predict(x)).probabilities, expected)).toBeLessThan(1e-6)
    x.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })

  it('continues to the same logits from each layer, listed or not, also inside models', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const x = images()
      const network = classifier.differentiable!
      const logits = network.logits(x).dataSync()
      const unlisted = ['norm', 'six', 'padded', 'flat', 'dropped', 'base', 'base_2', 'base.elu', 'base_2.elu']
      for (const name of [...classifier.info.layers.map((layer) => layer.name), ...unlisted]) {
        const rest = network.logitsFrom(x, name, network.activation(x, name))
        expect(largestDifference(rest.dataSync(), logits), name).toBeLessThan(1e-5)
      }
      expect(() => network.activation(x, 'nothing')).toThrow(/no layer "nothing"/)
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('taps nodes beside listed layers', async () => {
    const x = images()
    const { taps } = await classifier.predict(x, [
      { layer: 'padded', reduce: 'none' },
      { layer: 'flat', reduce: 'mean' },
      { layer: 'softmax', reduce: 'none' },
      { layer: 'base_2', reduce: 'max' },
    ])
    expect(taps.map(({ shape }) => shape)).toEqual([
      [2, 14, 12, 4],
      [2, 108],
      [2, 3],
      [2, 4],
    ])
    expect(taps[2]!.data.reduce((a, b) => a + b)).toBeCloseTo(2, 5)
    x.dispose()
  })

  it('has the right gradients by pixels and by activations', () => {
    tf.tidy(() => {
      const x = images()
      const network = classifier.differentiable!
      const second = (rows: tf.Tensor) => tf.sum(tf.slice(rows, [0, 1], [-1, 1]))
      expect(slopeError((v) => second(network.logits(v as tf.Tensor4D)), x)).toBeLessThan(0.02)
      for (const { name } of classifier.info.layers) {
        const rest = (a: tf.Tensor) => second(network.logitsFrom(x, name, a))
        expect(slopeError(rest, network.activation(x, name)), name).toBeLessThan(0.02)
      }
    })
    classifier.dispose()
    free(model)
  })
})

/** A layer of a user's own: a learned factor for each channel. */
class TestScale extends tfl.layers.Layer {
  static className = 'TestScale'
  #factor: tfl.LayerVariable | undefined

  override build(shape: tfl.Shape): void {
    this.#factor = this.addWeight('factor', [shape.at(-1)!], 'float32', tfl.initializers.ones())
    super.build(shape)
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, this.#factor!.read())
  }
}

/** Files of a model in memory, as data URLs would hold them: in two shards, the weights stored as asked. */
async function save(model: tfl.LayersModel, quantize?: (values: Float32Array) => Stored): Promise<string> {
  const { mkdtempSync, writeFileSync } = await import('node:fs')
  const { tmpdir } = await import('node:os')
  const { join } = await import('node:path')
  const folder = mkdtempSync(join(tmpdir(), 'vatun-layers-'))
  const stored = model.weights.map((weight) => {
    const values = weight.read().dataSync<'float32'>()
    const { bytes, quantization } = quantize?.(values) ?? { bytes: new Uint8Array(values.slice().buffer) }
    const spec = { name: weight.originalName, shape: weight.shape, dtype: 'float32' }
    return { spec: { ...spec, ...(quantization && { quantization }) }, bytes }
  })
  const all = new Uint8Array(await new Blob(stored.map(({ bytes }) => bytes)).arrayBuffer())
  const cut = 33
  writeFileSync(join(folder, 'shard1of2.bin'), all.subarray(0, cut))
  writeFileSync(join(folder, 'shard2of2.bin'), all.subarray(cut))
  const weightsManifest = [{ paths: ['shard1of2.bin', 'shard2of2.bin'], weights: stored.map(({ spec }) => spec) }]
  const modelTopology: unknown = model.toJSON(null, false)
  const path = join(folder, 'model.json')
  writeFileSync(path, JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest }))
  return path
}

interface Stored {
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly quantization?: object
}

describe('files', () => {
  beforeAll(() => tf.setBackend('cpu'))
  let before = 0
  beforeAll(() => {
    before = tf.memory().numTensors
  })
  afterEach(() => expect(tf.memory().numTensors).toBe(before))

  it('give the same as the model that they were written from', async () => {
    const model = everything()
    const fromFile = await openLayersModel(await save(model), { preprocessing: 'none' })
    const inMemory = await openLayersModel(model, { preprocessing: 'none' })
    const x = images()
    expect((await fromFile.predict(x)).logits).toEqual((await inMemory.predict(x)).logits)
    expect(fromFile.info.layers).toEqual(inMemory.info.layers)
    for (const owned of [x, fromFile, inMemory]) owned.dispose()
    free(model)
  })

  const affine = (dtype: 'uint8' | 'uint16', levels: number) => (values: Float32Array) => {
    const min = Math.min(...values)
    const scale = (Math.max(...values) - min) / levels || 1
    const steps = Array.from(values, (v) => Math.round((v - min) / scale))
    const bytes = new Uint8Array((dtype === 'uint8' ? Uint8Array : Uint16Array).from(steps).buffer)
    return { bytes, quantization: { dtype, min, scale } }
  }
  const half = (values: Float32Array) => {
    // Rounds to the ten leading bits of the mantissa; values here are neither tiny nor huge.
    const bits = new Uint32Array(values.slice().buffer)
    const halves = Uint16Array.from(bits, (b) => {
      const exponent = ((b >>> 23) & 255) - 112
      return exponent <= 0 ? 0 : ((b >>> 16) & 0x8000) | (((exponent << 10) | ((b >>> 13) & 0x3ff)) & 0x7fff)
    })
    return { bytes: new Uint8Array(halves.buffer), quantization: { dtype: 'float16', original_dtype: 'float32' } }
  }

  it.each([
    ['uint8', affine('uint8', 255), 0.05],
    ['uint16', affine('uint16', 65535), 1e-3],
    ['float16', half, 1e-2],
  ] as const)('with weights stored as %s are read', async (_, quantize, tolerance) => {
    const model = everything()
    const classifier = await openLayersModel(await save(model, quantize), { preprocessing: 'none' })
    const x = images()
    const expected = tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync())
    expect(relativeError((await classifier.predict(x)).probabilities, expected)).toBeLessThan(tolerance)
    for (const owned of [x, classifier]) owned.dispose()
    free(model)
  })

  it('with layers of a user open when their classes are passed or registered', async () => {
    const model = tfl.sequential({ name: 'own' })
    model.add(tfl.layers.conv2d({ name: 'c', filters: 2, kernelSize: 3, inputShape: [4, 4, 1], ...seeded(1) }))
    model.add(new TestScale({ name: 'scale' }))
    model.add(tfl.layers.globalMaxPooling2d({ name: 'top' }))
    const nested = tfl.sequential({ name: 'outer' })
    nested.add(model)
    const path = await save(nested)
    const options = { preprocessing: 'none' } as const
    await expect(openLayersModel(path, options)).rejects.toMatchObject({
      code: 'unsupported',
      details: { classes: { TestScale: ['own.scale'] } },
    })
    const passed = await openLayersModel(path, { ...options, customLayers: [TestScale] })
    expect(passed.info.layers.map(({ name, kind }) => [name, kind])).toContainEqual(['scale', 'other'])
    tf.serialization.registerClass(TestScale)
    const registered = await openLayersModel(path, options)
    const x = tf.randomUniform<tf.Rank.R4>([2, 4, 4, 1], 0, 1, 'float32', 2)
    const expected = tf.tidy(() => (nested.predict(x) as tf.Tensor).dataSync())
    expect(largestDifference((await passed.predict(x)).logits, expected)).toBeLessThan(1e-6)
    expect(largestDifference((await registered.predict(x)).logits, expected)).toBeLessThan(1e-6)
    for (const owned of [x, passed, registered, nested]) owned.dispose()
  })
})

describe('what a model leaves open', () => {
  const conv = () => tfl.layers.conv2d({ filters: 3, kernelSize: 3, ...seeded(1) })
  const pool = () => tfl.layers.globalAveragePooling2d({ name: 'pool' })

  it('is asked for, and told by options', async () => {
    const x = tfl.input({ shape: [null, null, 3] })
    const model = tfl.model({ inputs: x, outputs: apply(pool(), apply(conv(), x)) })
    await expect(openLayersModel(model, { preprocessing: 'none' })).rejects.toThrow(
      /\[n, \?, \?, 3\]: which height, width and channels\? Set "input"/,
    )
    const input = { height: 8, width: 9, channels: 3 }
    const opened = await openLayersModel(model, { preprocessing: 'none', input })
    expect(opened.info.input).toEqual(input)
    opened.dispose()
    await expect(
      openLayersModel(model, { preprocessing: 'none', input: { ...input, channels: 1 } }),
    ).rejects.toMatchObject({ code: 'bad-input' })
    model.dispose()
  })

  it('is which of several outputs holds the scores', async () => {
    const x = tfl.input({ shape: [5, 5, 1] })
    const features = apply(conv(), x)
    const scores = apply(tfl.layers.dense({ name: 'scores', units: 2, ...seeded(2) }), apply(pool(), features))
    const model = tfl.model({ inputs: x, outputs: [features, scores] })
    await expect(openLayersModel(model, { preprocessing: 'none' })).rejects.toThrow(
      /Set "outputName" to one of .*scores/,
    )
    const opened = await openLayersModel(model, { preprocessing: 'none', outputName: 'scores' })
    expect(opened.info.classNames).toHaveLength(2)
    opened.dispose()
    await expect(openLayersModel(model, { preprocessing: 'none', outputName: 'x' })).rejects.toMatchObject({
      code: 'not-found',
    })
    model.dispose()
  })

  it('is whether scores that look like probabilities are', async () => {
    const x = tfl.input({ shape: [2, 2, 2] })
    const zeros = tfl.initializers.zeros()
    const bias = tfl.initializers.constant({ value: 0.5 })
    const dense = tfl.layers.dense({ units: 2, kernelInitializer: zeros, biasInitializer: bias })
    const model = tfl.model({ inputs: x, outputs: apply(dense, apply(pool(), x)) })
    const guessed = await openLayersModel(model, { preprocessing: 'none' })
    expect(guessed.info.output).toBe('softmax')
    const told = await openLayersModel(model, { preprocessing: 'none', output: 'logits' })
    expect(told.info.output).toBe('logits')
    for (const owned of [guessed, told, model]) owned.dispose()
  })
})

it('a model that is open can still be trained', async () => {
  await tf.setBackend('cpu')
  const x = tfl.input({ shape: [6, 6, 1] })
  const features = apply(tfl.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'tanh', ...seeded(1) }), x)
  const pooled = apply(tfl.layers.globalAveragePooling2d({}), apply(tfl.layers.batchNormalization({}), features))
  const outputs = apply(tfl.layers.dense({ units: 2, activation: 'softmax', ...seeded(2) }), pooled)
  const model = tfl.model({ inputs: x, outputs })
  const classifier = await openLayersModel(model, { preprocessing: 'none' })
  model.compile({ optimizer: tf.train.sgd(0.5), loss: 'categoricalCrossentropy' })
  const pixels = tf.randomUniform<tf.Rank.R4>([4, 6, 6, 1], 0, 1, 'float32', 1)
  const truth = tf.oneHot(tf.tensor1d([0, 1, 0, 1], 'int32'), 2)
  const before = (await classifier.predict(pixels)).probabilities
  await model.fit(pixels, truth, { epochs: 2, verbose: 0 })
  const after = (await classifier.predict(pixels)).probabilities
  expect(largestDifference(after, before)).toBeGreaterThan(1e-4)
  const expected = tf.tidy(() => (model.predict(pixels) as tf.Tensor).dataSync())
  expect(largestDifference(after, expected)).toBeLessThan(1e-6)
  for (const owned of [pixels, truth, classifier, model]) owned.dispose()
})
