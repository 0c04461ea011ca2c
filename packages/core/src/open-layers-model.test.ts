import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  classNames,
  floats,
  images,
  kinks,
  labels,
  largestDifference,
  modelPath,
  preprocessing,
  relativeError,
} from './golden.test.data.js'
import { type Classifier, type ImageBatch, toTensor } from './index.js'
import { openLayersModel } from './layers.js'

const options = { name: 'resnet20', classNames, preprocessing }
const location = modelPath('resnet20-cifar10/tfjs/model.json')

let classifier: Classifier
beforeAll(async () => {
  await tf.setBackend('wasm')
  classifier = await openLayersModel(location, options)
})
afterAll(() => {
  classifier.dispose()
  expect(tf.memory().numTensors).toBe(0)
})

describe('info', () => {
  it('describes the layers by inspection', () => {
    const { info } = classifier
    expect(info).toMatchObject({ format: 'tfjs-layers', output: 'logits', lastConv: 'block9_conv2' })
    expect(info.input).toEqual({ height: 32, width: 32, channels: 3 })
    expect(info.layers[0]).toEqual({ name: 'stem', kind: 'conv', channels: 16, height: 32, width: 32 })
    expect(info.layers.filter((l) => l.kind === 'conv')).toHaveLength(21)
    expect(info.layers.find((l) => l.name === info.penultimate)).toMatchObject({ kind: 'pool', channels: 64 })
    expect(info.hash).toMatch(/^[0-9a-f]{64}$/)
  })

  it('lets the spec override what inspection finds, and refuses layers and class counts that do not exist', async () => {
    const other = await openLayersModel(location, { ...options, penultimate: 'stem', lastConv: 'block1_conv1' })
    expect(other.info).toMatchObject({ penultimate: 'stem', lastConv: 'block1_conv1' })
    other.dispose()
    await expect(openLayersModel(location, { ...options, lastConv: 'x' })).rejects.toMatchObject({ code: 'not-found' })
    await expect(openLayersModel(location, { ...options, classNames: ['a'] })).rejects.toMatchObject({
      code: 'bad-input',
    })
    const wrong = { mean: [0, 0], std: [1] }
    await expect(openLayersModel(location, { ...options, preprocessing: wrong })).rejects.toThrow(/mean has 2 entries/)
  })
})

describe('predict', () => {
  it('agrees with PyTorch', async () => {
    const { logits, probabilities } = await classifier.predict(images())
    expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-4)
    expect(largestDifference(probabilities, floats('softmax'))).toBeLessThan(1e-5)
  })

  it('gives the same for a tensor on the device as for host arrays, and for any cut into chunks', async () => {
    const batch = images()
    const repeated = { ...batch, n: 40, data: Uint8Array.from({ length: 40 * 3072 }, (_, i) => batch.data[i % 24576]!) }
    const taps = [
      { layer: 'stem', reduce: 'max' },
      { layer: 'block9_conv2', reduce: 'none' },
    ] as const
    const whole = await classifier.predict(repeated, taps)
    const once = await classifier.predict(batch, taps)
    expect(whole.taps.map((t) => t.shape)).toEqual([
      [40, 16],
      [40, 8, 8, 64],
    ])
    expect(largestDifference(whole.logits.subarray(320), once.logits)).toBeLessThan(1e-5)
    expect(largestDifference(whole.taps[1]!.data.subarray(32 * 4096), once.taps[1]!.data)).toBeLessThan(1e-5)
    const tensor = toTensor(batch)
    expect(await classifier.predict(tensor, taps)).toEqual(once)
    tensor.dispose()
  })

  it('reduces taps over height and width', async () => {
    const [none, max, mean] = (
      await classifier.predict(images(2), [
        { layer: 'block4_conv1', reduce: 'none' },
        { layer: 'block4_conv1', reduce: 'max' },
        { layer: 'block4_conv1', reduce: 'mean' },
      ])
    ).taps
    for (let image = 0; image < 2; image++)
      for (let c = 0; c < 32; c++) {
        const map = Array.from({ length: 256 }, (_, p) => none!.data[(image * 256 + p) * 32 + c]!)
        expect(max!.data[image * 32 + c]).toBe(Math.max(...map))
        expect(mean!.data[image * 32 + c]).toBeCloseTo(map.reduce((a, b) => a + b) / 256, 5)
      }
  })

  it('takes an empty batch', async () => {
    const result = await classifier.predict(images(0), [{ layer: 'stem', reduce: 'none' }])
    expect(result).toMatchObject({ logits: new Float32Array(), classes: 10 })
    expect(result.taps[0]!.shape).toEqual([0, 32, 32, 16])
  })

  it('refuses images of another size, type or channel count, and unknown layers, without leaking', async () => {
    const before = tf.memory().numTensors
    const gray = { data: new Uint8Array(1024), n: 1, height: 32, width: 32, channels: 1 }
    await expect(classifier.predict(gray)).rejects.toMatchObject({ code: 'bad-input' })
    await expect(classifier.predict({ ...gray, channels: 3 })).rejects.toMatchObject({ code: 'bad-input' })
    const integers = tf.zeros<tf.Rank.R4>([1, 32, 32, 3], 'int32')
    await expect(classifier.predict(integers)).rejects.toThrow(/int32, expected float32/)
    integers.dispose()
    await expect(classifier.predict(images(1), [{ layer: 'x', reduce: 'max' }])).rejects.toMatchObject({
      code: 'not-found',
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})

describe('differentiable', () => {
  const model = () => classifier.differentiable!

  function gradients(batch: ImageBatch, labels: Int32Array, logits: Float32Array) {
    const top = tf.oneHot(tf.argMax(tf.tensor2d(logits, [batch.n, 10]), 1), 10)
    const truth = tf.oneHot(tf.tensor1d(labels, 'int32'), 10)
    const of = (loss: (logits: tf.Tensor2D) => tf.Tensor) =>
      tf
        .grad((x) => tf.sum(loss(model().logits(x as tf.Tensor4D))))(toTensor(batch))
        .dataSync<'float32'>()
    return {
      grad_top_logit: of((values) => tf.mul(values, top)),
      grad_loss: of((values) => tf.neg(tf.mul(tf.logSoftmax(values), truth))),
    }
  }

  it('gives input gradients that agree with PyTorch', () => {
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const found = gradients(images(), labels(), floats('logits'))
      // Image 2 is among those on a kink, below.
      for (const image of [0, 1, 3, 4, 5, 6, 7])
        for (const name of ['grad_top_logit', 'grad_loss'] as const) {
          const part = (values: Float32Array) => values.subarray(image * 3072, (image + 1) * 3072)
          expect(relativeError(part(found[name]), part(floats(name)))).toBeLessThan(1e-4)
        }
    })
    expect(tf.memory().numTensors).toBe(before)
  })

  it('gives the input gradient of double precision at a kink, where rounding decides', async () => {
    const { logits } = await classifier.predict(kinks.images(1))
    tf.tidy(() => {
      const found = gradients(kinks.images(1), kinks.labels().subarray(0, 1), logits)
      for (const name of ['grad_top_logit', 'grad_loss'] as const)
        expect(relativeError(found[name], kinks.floats(name).subarray(0, 3072)), name).toBeLessThan(1e-4)
    })
  })

  it('continues from the activation of every layer to the same logits', () => {
    tf.tidy(() => {
      const x = toTensor(images(2))
      const logits = model().logits(x).dataSync()
      for (const { name } of classifier.info.layers) {
        const rest = model().logitsFrom(x, name, model().activation(x, name))
        expect(largestDifference(rest.dataSync(), logits), name).toBeLessThan(1e-5)
      }
    })
  })

  it('refuses an activation of another shape', () => {
    tf.tidy(() => {
      const x = toTensor(images(1))
      expect(() => model().logitsFrom(x, 'stem', tf.zeros([1, 2, 2, 16]))).toThrow(/activation of "stem"/)
    })
  })
})

describe('softmax at the end', () => {
  const input = () => tfl.input({ shape: [4, 6, 1] })
  const features = (x: tfl.SymbolicTensor) =>
    tfl.layers
      .flatten()
      .apply(tfl.layers.conv2d({ filters: 2, kernelSize: 3, activation: 'relu' }).apply(x)) as tfl.SymbolicTensor
  const builds: Record<string, (x: tfl.SymbolicTensor) => tfl.SymbolicTensor> = {
    'in the dense layer': (x) => tfl.layers.dense({ units: 3, activation: 'softmax' }).apply(x) as tfl.SymbolicTensor,
    'as an activation layer': (x) =>
      tfl.layers
        .activation({ activation: 'softmax' })
        .apply(tfl.layers.dense({ units: 3 }).apply(x)) as tfl.SymbolicTensor,
    'hidden by a reshape': (x) =>
      tfl.layers
        .reshape({ targetShape: [3] })
        .apply(tfl.layers.dense({ units: 3, activation: 'softmax' }).apply(x)) as tfl.SymbolicTensor,
  }

  for (const [name, build] of Object.entries(builds))
    it(`is found ${name}, and logits are its logarithm`, async () => {
      const before = tf.memory().numTensors
      const x = input()
      const model = tfl.model({ inputs: x, outputs: build(features(x)) })
      const opened = await openLayersModel(model, {
        name: 'tiny',
        classNames: ['a', 'b', 'c'],
        preprocessing: { mean: [0], std: [1] },
      })
      expect(opened.info).toMatchObject({ output: 'softmax', input: { height: 4, width: 6, channels: 1 } })
      const data = Float32Array.from({ length: 48 }, (_, i) => (i % 7) / 7)
      const { probabilities, logits } = await opened.predict({ data, n: 2, height: 4, width: 6, channels: 1 })
      const expected = tf.tidy(() => (model.predict(tf.tensor4d(data, [2, 4, 6, 1])) as tf.Tensor).dataSync())
      expect(largestDifference(probabilities, expected)).toBeLessThan(1e-6)
      expect(largestDifference(logits.map(Math.exp), expected)).toBeLessThan(1e-6)
      opened.dispose()
      model.dispose()
      expect(tf.memory().numTensors).toBe(before)
    })
})

describe('models in memory', () => {
  const conv = (filters: number) => tfl.layers.conv2d({ filters, kernelSize: 3, padding: 'same', strides: 2 })

  it('follows any topology: normalisation, dropout, a model inside the model, a layer used twice', async () => {
    const inner = tfl.sequential({ name: 'inner' })
    inner.add(tfl.layers.conv2d({ name: 'conv', filters: 4, kernelSize: 3, inputShape: [8, 5, 3], activation: 'tanh' }))
    inner.add(tfl.layers.dropout({ rate: 0.5 }))
    const shared = tfl.layers.conv2d({ name: 'shared', filters: 4, kernelSize: 1 })
    const normalised = tfl.layers.batchNormalization()
    const x = tfl.input({ shape: [8, 5, 3] })
    const a = shared.apply(inner.apply(x)) as tfl.SymbolicTensor
    const b = tfl.layers.reLU().apply(normalised.apply(shared.apply(a))) as tfl.SymbolicTensor
    const joined = tfl.layers.concatenate({ name: 'joined' }).apply([a, b])
    const features = tfl.layers.globalAveragePooling2d({ name: 'features' }).apply(conv(6).apply(joined))
    const model = tfl.model({
      inputs: x,
      outputs: tfl.layers.dense({ units: 2 }).apply(features) as tfl.SymbolicTensor,
    })
    const before = tf.memory().numTensors
    const opened = await openLayersModel(model, {
      name: 'm',
      classNames: ['a', 'b'],
      preprocessing: { mean: [0], std: [1] },
    })
    expect(opened.info.layers.map((l) => l.name).slice(0, 4)).toEqual(['inner.conv', 'shared', 'shared_2', 'joined'])
    expect(opened.info).toMatchObject({ penultimate: 'features', output: 'logits' })
    tf.tidy(() => {
      const images = tf.randomUniform<tf.Rank.R4>([2, 8, 5, 3], 0, 1, 'float32', 1)
      const network = opened.differentiable!
      const logits = (model.predict(images) as tf.Tensor).dataSync()
      expect(largestDifference(network.logits(images).dataSync(), logits)).toBeLessThan(1e-5)
      for (const { name } of opened.info.layers) {
        const activation = network.activation(images, name)
        expect(largestDifference(network.logitsFrom(images, name, activation).dataSync(), logits)).toBeLessThan(1e-5)
      }
      expect(Math.min(...network.activation(images, 'shared_2').dataSync())).toBeGreaterThanOrEqual(0)
      const gradient = tf.grad((v) => tf.sum(network.logits(v as tf.Tensor4D)))(images)
      expect(tf.max(tf.abs(gradient)).dataSync()[0]).toBeGreaterThan(0)
    })
    opened.dispose()
    expect(tf.memory().numTensors).toBe(before)
    model.dispose()
    shared.dispose()
  })

  it('have a hash that tells topology and weights', async () => {
    const build = (units: number) => {
      const model = tfl.sequential({ name: 'net' })
      model.add(
        tfl.layers.conv2d({ name: 'c', filters: 1, kernelSize: 2, inputShape: [4, 4, 1], kernelInitializer: 'ones' }),
      )
      model.add(tfl.layers.flatten({ name: 'f' }))
      model.add(tfl.layers.dense({ name: 'd', units, kernelInitializer: 'ones' }))
      return model
    }
    const hash = async (model: tfl.LayersModel, classNames: string[]) => {
      const opened = await openLayersModel(model, { name: 'm', classNames, preprocessing: { mean: [0], std: [1] } })
      opened.dispose()
      return opened.info.hash
    }
    const [two, again, three] = [build(2), build(2), build(3)]
    expect(await hash(two, ['a', 'b'])).toBe(await hash(again, ['a', 'b']))
    expect(await hash(two, ['a', 'b'])).not.toBe(await hash(three, ['a', 'b', 'c']))
    tf.tidy(() => again.setWeights(again.getWeights().map((w) => tf.zerosLike(w))))
    expect(await hash(two, ['a', 'b'])).not.toBe(await hash(again, ['a', 'b']))
    for (const model of [two, again, three]) model.dispose()
  })
})

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vatun-layers-'))
  const json = readFileSync(location, 'utf8')
  const write = (name: string, text: string) => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }

  it('refuses what is missing, damaged or of another format, without leaking', async () => {
    const before = tf.memory().numTensors
    const graph = '{"format":"graph-model","modelTopology":{"node":[]},"weightsManifest":[]}'
    const open = (path: string) => openLayersModel(path, options)
    await expect(open(join(folder, 'none.json'))).rejects.toMatchObject({ code: 'not-found' })
    await expect(open(write('broken.json', json.slice(0, 500)))).rejects.toMatchObject({ code: 'bad-input' })
    await expect(open(write('other.json', '[]'))).rejects.toMatchObject({ code: 'bad-input' })
    await expect(open(write('graph.json', graph))).rejects.toMatchObject({ code: 'unsupported' })
    const here = write('model.json', json)
    await expect(open(here)).rejects.toMatchObject({ code: 'not-found' })
    write('weights.bin', 'short')
    await expect(open(here)).rejects.toThrow(/hold 5 bytes/)
    expect(tf.memory().numTensors).toBe(before)
  })
})

it('throws after dispose, and lets dispose be called again', async () => {
  const opened = await openLayersModel(location, options)
  opened.dispose()
  opened.dispose()
  await expect(opened.predict(images(1))).rejects.toThrow(/disposed/)
})
