import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, type Tap, toTensor, type VatunError } from '@vatun/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classNames, golden, largestDifference, modelPath, preprocessing, relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { compare, expectSame } from './compare-engines.test.data.js'
import { openOnnxNative } from './index.js'
import { bytesBatch, floatsBatch, small, smallModel, values } from './small-model.test.data.js'

const options = { name: 'model', classNames, preprocessing }

beforeAll(() => tf.setBackend('wasm'))
afterAll(() => expect(tf.memory().numTensors).toBe(0))

describe.each([
  ['ResNet-20', 'resnet20', 'resnet20-cifar10', 8],
  ['VGG-16', 'vgg16', 'vgg16-cifar10', 3],
] as const)('%s', (_, reference, file, n) => {
  const { floats, images } = golden(reference)
  let native: Classifier
  let onTfjs: Classifier
  beforeAll(async () => {
    native = await openOnnxNative(modelPath(file), options)
    onTfjs = await openOnnx(modelPath(file), options)
  }, 60_000)
  afterAll(() => {
    native.dispose()
    onTfjs.dispose()
  })

  it('is described as on tfjs', () => expect(native.info).toEqual(onTfjs.info))

  it('agrees with PyTorch', async () => {
    const { logits, probabilities } = await native.predict(images(n))
    expect(largestDifference(logits, floats('logits'))).toBeLessThan(1e-4)
    expect(largestDifference(probabilities, floats('softmax'))).toBeLessThan(1e-5)
  })

  it('gives the same taps as tfjs for every layer and reduction', async () => {
    const taps = native.info.layers.flatMap(({ name }): Tap[] => [
      { layer: name, reduce: 'max' },
      { layer: name, reduce: 'mean' },
      { layer: name, reduce: 'none' },
    ])
    const [found, expected] = await Promise.all([native.predict(images(2), taps), onTfjs.predict(images(2), taps)])
    for (const [i, { data, shape }] of expected.taps.entries()) {
      expect(found.taps[i]!.shape).toEqual(shape)
      expect(relativeError(found.taps[i]!.data, data), JSON.stringify(taps[i])).toBeLessThan(1e-5)
    }
  })
})

describe('operator sets', () => {
  it.each([7, 11, 13, 18, 21])('%i', (opset) =>
    compare(smallModel([], 'n', opset), small, (native, onTfjs) => expectSame(native, onTfjs, bytesBatch(2))),
  )
})

describe('weights', () => {
  it('may lie in a file beside the model', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'vatun-native-'))
    const path = join(folder, 'small.onnx')
    writeFileSync(path, smallModel([], 'n', 17, 'small.data'))
    writeFileSync(join(folder, 'small.data'), new Uint8Array(Float32Array.from(values(135, 1)).buffer))
    try {
      await compare(path, small, async (native, onTfjs) => {
        expect(native.info).toEqual(onTfjs.info)
        await expectSame(native, onTfjs, bytesBatch(2))
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

describe('images', () => {
  it.each([
    'none',
    'keras-caffe',
    { mean: [0.5, 0.4, 0.3], std: [0.1, 0.2, 0.3], scale: 2 },
    { preset: 'imagenet-torch', resize: { height: 9, width: 7, crop: 0.8 } },
  ] as const)('are preprocessed as on tfjs: %j', (preprocessing) =>
    compare(smallModel(), { ...small, preprocessing }, async (native, onTfjs) => {
      expect(native.info).toEqual(onTfjs.info)
      const { height, width } = native.info.input
      const size = 3 * height * width * 3
      const data = Uint8Array.from(values(size, 4), (v) => Math.round((v + 1) * 127.5))
      await expectSame(native, onTfjs, { data, n: 3, height, width, channels: 3 })
      await expectSame(native, onTfjs, {
        data: Float32Array.from(data, (v) => v / 255),
        n: 3,
        height,
        width,
        channels: 3,
      })
    }),
  )

  it('may be a tensor, which stays the caller’s', () =>
    compare(smallModel(), small, async (native) => {
      const images = toTensor(floatsBatch(3))
      const { logits } = await native.predict(images)
      expect(logits).toEqual((await native.predict(floatsBatch(3))).logits)
      images.dispose()
    }))

  it('may be any number, whatever the batch size of the file', async () => {
    for (const batch of ['n', 1, 4])
      await compare(smallModel([], batch), small, async (native, onTfjs) => {
        for (const n of [1, 3, 4, 70]) await expectSame(native, onTfjs, bytesBatch(n))
        expect(await native.predict(bytesBatch(0))).toEqual(await onTfjs.predict(bytesBatch(0)))
      })
  })
})

describe('taps', () => {
  it('are given in the order and number that is asked for', () =>
    compare(smallModel(), small, async (native) => {
      const asked: Tap[] = [
        { layer: 'dense', reduce: 'max' },
        { layer: 'conv', reduce: 'mean' },
        { layer: 'conv', reduce: 'mean' },
        { layer: 'pool', reduce: 'max' },
      ]
      const { taps } = await native.predict(bytesBatch(2), asked)
      expect(taps.map(({ shape }) => shape)).toEqual([2, 2, 2, 2].map((n, i) => [n, i === 0 ? 3 : 5]))
      expect(taps[1]).toEqual(taps[2])
      // The pool's output is the mean over the map.
      expect(largestDifference(taps[3]!.data, taps[1]!.data)).toBeLessThan(1e-6)
    }))

  it('may be many different sets, also side by side, and after a failure', () =>
    compare(smallModel(), small, async (native) => {
      const sets = native.info.layers.flatMap(({ name }) =>
        (['max', 'mean', 'none'] as const).map((reduce) => [{ layer: name, reduce }]),
      )
      const expected = (await native.predict(bytesBatch(40))).logits
      const all = await Promise.all([...sets, ...sets].map((taps) => native.predict(bytesBatch(40), taps)))
      for (const { logits } of all) expect(largestDifference(logits, expected)).toBeLessThan(1e-6)
      await expect(native.predict(bytesBatch(1), [{ layer: 'nowhere', reduce: 'max' }])).rejects.toMatchObject({
        code: 'not-found',
      })
      expect((await native.predict(bytesBatch(40))).logits).toEqual(expected)
    }))
})

describe('what was asked before', () => {
  it('does not change the bytes of a result', async () => {
    const native = await openOnnxNative(modelPath('resnet20-cifar10'), options)
    const pixels = golden('resnet20').images(8)
    const before = await native.predict(pixels)
    const taps = native.info.layers.map(({ name }): Tap => ({ layer: name, reduce: 'max' }))
    const tapped = await native.predict(pixels, taps)
    // Often enough for the session with the taps to be released.
    for (let i = 0; i < 12; i++) expect(await native.predict(pixels)).toEqual(before)
    expect(await native.predict(pixels, taps)).toEqual(tapped)
    native.dispose()
  })
})

describe('gradients', () => {
  it('come from the differentiable network of the same file', () =>
    compare(smallModel(), small, async (native, onTfjs) => {
      const [found, expected] = [native, onTfjs].map((classifier) =>
        tf.tidy(() =>
          tf
            .grad((x) => tf.sum(classifier.differentiable!.logits(x as tf.Tensor4D)))(toTensor(floatsBatch(1)))
            .dataSync(),
        ),
      )
      expect(found).toEqual(expected)
    }))
})

describe('threads and shards', () => {
  it('do not change the bytes of a result', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((threads) => openOnnxNative(modelPath('resnet20-cifar10'), { ...options, threads })),
    )
    const { images } = golden('resnet20')
    expect((await one!.predict(images(8))).logits).toEqual((await two!.predict(images(8))).logits)
    one!.dispose()
    two!.dispose()
  })
})

describe('errors', () => {
  it('are those of openOnnx', async () => {
    const failure = (promise: Promise<unknown>) =>
      promise.then(
        () => expect.fail('did not fail'),
        (error: VatunError) => error.toJSON(),
      )
    const damaged = smallModel().subarray(0, 300)
    for (const source of [new URL('file:///nowhere/model.onnx'), damaged, new Uint8Array(0)])
      expect(await failure(openOnnxNative(source, small))).toEqual(await failure(openOnnx(source, small)))
    const twoNames = { ...small, classNames: ['a', 'b'] }
    expect(await failure(openOnnxNative(smallModel(), twoNames))).toEqual(
      await failure(openOnnx(smallModel(), twoNames)),
    )
    await compare(smallModel(), small, async (native, onTfjs) => {
      const wide = { ...bytesBatch(1), height: 6, width: 4 }
      expect(await failure(native.predict(wide))).toEqual(await failure(onTfjs.predict(wide)))
      expect(await failure(native.predict({ ...wide, n: 2 }))).toEqual(await failure(onTfjs.predict({ ...wide, n: 2 })))
    })
  })

  it('name an execution provider that is not there', async () => {
    await expect(openOnnxNative(smallModel(), { ...small, providers: ['tensorrt'] })).rejects.toMatchObject({
      code: 'engine',
      message: expect.stringMatching(/^openOnnxNative: /),
    })
  })

  it('follow after dispose, which may come twice and in the middle of a prediction', async () => {
    const native = await openOnnxNative(smallModel(), small)
    const running = native.predict(bytesBatch(400))
    native.dispose()
    native.dispose()
    await expect(running).rejects.toMatchObject({ message: 'predict: small is disposed, open it again' })
    await expect(native.predict(bytesBatch(1))).rejects.toMatchObject({
      message: 'predict: small is disposed, open it again',
    })
  })
})
