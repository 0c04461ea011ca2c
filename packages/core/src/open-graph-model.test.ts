import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference, relativeError } from './golden.test.data.js'
import { branches, type buildGraph, mobileNet } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import type { Classifier } from './index.js'
import { slopeError } from './slope-error.test.data.js'

type Builder = ReturnType<typeof buildGraph>

const nets: Record<string, { build: () => Builder; shape: [number, number, number, number] }> = {
  'merged operations': { build: mobileNet, shape: [2, 8, 8, 3] },
  'plain operations': { build: branches, shape: [2, 9, 7, 1] },
}

const options = { name: 'net', classNames: ['a', 'b', 'c'], preprocessing: 'none' } as const

const load = (net: Builder) => loadGraphModel({ load: async () => net.artifacts() })

async function open(net: Builder, more: Partial<Parameters<typeof openGraphModel>[1]> = {}): Promise<Classifier> {
  const model = await load(net)
  try {
    return await openGraphModel(model, { ...options, ...more })
  } finally {
    model.dispose()
  }
}

const pixels = (shape: [number, number, number, number]) => tf.randomUniform<tf.Rank.R4>(shape, 0, 1, 'float32', 7)

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe('info', () => {
  it('names layers readably, merged ones by their weights', async () => {
    const { info, dispose } = await open(mobileNet())
    expect(info).toMatchObject({ format: 'tfjs-graph', output: 'softmax', penultimate: 'global_pool', lastConv: 'dw2' })
    expect(info.input).toEqual({ height: 8, width: 8, channels: 3 })
    expect(info.layers).toEqual([
      { name: 'Conv1', kind: 'conv', channels: 4, height: 8, width: 8 },
      { name: 'dw', kind: 'conv', channels: 4, height: 4, width: 4 },
      { name: 'project', kind: 'conv', channels: 6, height: 4, width: 4 },
      { name: 'dw2', kind: 'conv', channels: 6, height: 4, width: 4 },
      { name: 'block_add', kind: 'other', channels: 6, height: 4, width: 4 },
      { name: 'global_pool', kind: 'pool', channels: 6, height: 1, width: 1 },
      { name: 'predictions', kind: 'dense', channels: 3, height: 1, width: 1 },
    ])
    expect(info.hash).toMatch(/^[0-9a-f]{64}$/)
    dispose()
  })

  it('finds branches, pools and logits', async () => {
    const { info, dispose } = await open(branches())
    expect(info).toMatchObject({ output: 'logits', penultimate: 'mixed', lastConv: 'stem' })
    expect(info.layers.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      'stem conv',
      'left pool',
      'right pool',
      'joined other',
      'mixed other',
      'dense dense',
    ])
    dispose()
  })

  it('asks one question where the file leaves something open', async () => {
    const free = mobileNet()
    const [placeholder] = free.node
    placeholder!.attr.shape = { shape: { dim: [-1, -1, -1, 3].map((size) => ({ size })) } }
    await expect(open(free)).rejects.toThrow(/\[n, \?, \?, 3\]: which height, width and channels\? Set "input"/)
    const sized = await open(free, { input: { height: 10, width: 8, channels: 3 } })
    expect(sized.info.input).toEqual({ height: 10, width: 8, channels: 3 })
    sized.dispose()

    const two = branches()
    two.op('Tanh', 'other', ['net/dense/MatMul'])
    await expect(open(two)).rejects.toThrow(/which output holds .* "outputName" to one of net\/dense\/BiasAdd, other/)
    const chosen = await open(two, { outputName: 'net/dense/MatMul' })
    expect(chosen.info.classNames).toHaveLength(3)
    chosen.dispose()
    await expect(open(two, { outputName: 'nothing' })).rejects.toMatchObject({ code: 'not-found' })
  })
})

for (const backend of ['cpu', 'wasm'])
  for (const [name, { build, shape }] of Object.entries(nets))
    describe(`${name} on ${backend}`, () => {
      beforeAll(() => tf.setBackend(backend))

      it('predict what tfjs predicts', async () => {
        const model = await load(build())
        const classifier = await openGraphModel(model, options)
        const images = pixels(shape)
        const expected = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync())
        const { logits, probabilities } = await classifier.predict(images)
        const scores = classifier.info.output === 'softmax' ? probabilities : logits
        expect(largestDifference(scores, expected)).toBeLessThan(1e-5)
        expect(
          largestDifference(
            tf.tidy(() => classifier.differentiable!.logits(images).dataSync()),
            logits,
          ),
        ).toBeLessThan(1e-5)
        images.dispose()
        model.dispose()
        classifier.dispose()
      })

      it('continue from every layer and node to the same logits', async () => {
        const net = build()
        const classifier = await open(net)
        const model = classifier.differentiable!
        tf.tidy(() => {
          const images = pixels(shape)
          const logits = model.logits(images).dataSync()
          const names = new Set(classifier.info.layers.map((layer) => layer.name))
          for (const { name, op } of net.node)
            if (
              ![
                'Placeholder',
                'Const',
                'Softmax',
                'Identity',
                'Shape',
                'StridedSlice',
                'Pack',
                'Split',
                'Neg',
              ].includes(op)
            )
              names.add(name)
          for (const layer of names) {
            const rest = model.logitsFrom(images, layer, model.activation(images, layer))
            expect(largestDifference(rest.dataSync(), logits), layer).toBeLessThan(1e-5)
          }
        })
        const images = pixels(shape)
        const node = net.node.find(({ op }) => op === 'Mul' || op === 'Pad')!.name
        const [tap] = (await classifier.predict(images, [{ layer: node, reduce: 'max' }])).taps
        expect(tap!.shape).toEqual([shape[0], 4])
        images.dispose()
        classifier.dispose()
      })
    })

describe('gradients', () => {
  beforeAll(() => tf.setBackend('cpu'))

  it('by the image agree with tfjs', async () => {
    const reference = await load(mobileNet())
    const classifier = await openGraphModel(reference, options)
    tf.tidy(() => {
      const images = pixels([2, 8, 8, 3])
      const second = (rows: tf.Tensor) => tf.sum(tf.slice(rows, [0, 1], [-1, 1]))
      const own = (x: tf.Tensor) => second(tf.logSoftmax(classifier.differentiable!.logits(x as tf.Tensor4D)))
      const theirs = (x: tf.Tensor) => second(tf.log(reference.predict(x) as tf.Tensor))
      expect(relativeError(tf.grad(own)(images).dataSync(), tf.grad(theirs)(images).dataSync())).toBeLessThan(1e-4)
    })
    reference.dispose()
    classifier.dispose()
  })

  for (const [name, { build, shape }] of Object.entries(nets))
    it(`by the image and by the activation of each layer agree with finite differences: ${name}`, async () => {
      const classifier = await open(build())
      const network = classifier.differentiable!
      tf.tidy(() => {
        const images = pixels(shape)
        const second = (rows: tf.Tensor) => tf.sum(tf.slice(rows, [0, 1], [-1, 1]))
        expect(slopeError((x) => second(network.logits(x as tf.Tensor4D)), images)).toBeLessThan(0.02)
        for (const { name: layer } of classifier.info.layers) {
          const rest = (a: tf.Tensor) => second(network.logitsFrom(images, layer, a))
          expect(slopeError(rest, network.activation(images, layer)), layer).toBeLessThan(0.02)
        }
      })
      classifier.dispose()
    })

  it('work on wasm for networks with merged and depthwise convolutions', async () => {
    const gradients: Float32Array[] = []
    for (const backend of ['cpu', 'wasm']) {
      await tf.setBackend(backend)
      const classifier = await open(mobileNet())
      gradients.push(
        tf.tidy(() => {
          const images = pixels([2, 8, 8, 3])
          return tf
            .grad((x) => tf.sum(classifier.differentiable!.logits(x as tf.Tensor4D)))(images)
            .dataSync<'float32'>()
        }),
      )
      classifier.dispose()
    }
    expect(relativeError(gradients[1]!, gradients[0]!)).toBeLessThan(1e-4)
  })
})

it('takes any number of images where the graph was exported for one', async () => {
  const net = mobileNet(1)
  net.op('Reshape', 'row', ['Identity', net.integers('row/shape', [1, 3])])
  const classifier = await open(net)
  const images = pixels([3, 8, 8, 3])
  const { probabilities } = await classifier.predict(images)
  expect(probabilities).toHaveLength(9)
  images.dispose()
  classifier.dispose()
})

it('reads the files beside model.json, in several shards', async () => {
  const { modelTopology, weightSpecs, weightData, format } = branches().artifacts()
  const folder = mkdtempSync(join(tmpdir(), 'vatun-graph-'))
  const cut = 100
  writeFileSync(join(folder, 'a.bin'), new Uint8Array(weightData.slice(0, cut)))
  writeFileSync(join(folder, 'b.bin'), new Uint8Array(weightData.slice(cut)))
  const weightsManifest = [{ paths: ['a.bin', 'b.bin'], weights: weightSpecs }]
  writeFileSync(join(folder, 'model.json'), JSON.stringify({ format, modelTopology, weightsManifest }))
  const fromFile = await openGraphModel(join(folder, 'model.json'), options)
  const inMemory = await open(branches())
  const images = pixels([2, 9, 7, 1])
  expect((await fromFile.predict(images)).logits).toEqual((await inMemory.predict(images)).logits)
  images.dispose()
  fromFile.dispose()
  inMemory.dispose()
})
