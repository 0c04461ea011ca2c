import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, type Tap, toTensor, type VatunError } from '@vatun/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { classNames, golden, largestDifference, modelPath, preprocessing, relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { openOnnxNative } from './index.js'
import { type TestNode, writeModel } from './write-model.test.data.js'

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

/** Deterministic values that are not symmetric in any way. */
const values = (n: number, seed: number) => Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 + seed))

/** Images of 4 × 6 pixels; a convolution, the mean over the map, a dense layer with three outputs, and what is appended. */
function smallModel(
  tail: readonly TestNode[] = [],
  batch: number | string = 'n',
  opset?: number,
  location?: string,
): Uint8Array {
  const nodes: TestNode[] = [
    { opType: 'Conv', inputs: ['x', 'filters'], output: 'conv', attributes: { pads: [1, 1, 1, 1] } },
    { opType: 'Relu', inputs: ['conv'], output: 'relu' },
    { opType: 'GlobalAveragePool', inputs: ['relu'], output: 'pool' },
    { opType: 'Flatten', inputs: ['pool'], output: 'flat' },
    { opType: 'Gemm', inputs: ['flat', 'weights', 'bias'], output: 'dense' },
    ...tail,
  ]
  const initializers = [
    { name: 'filters', dims: [5, 3, 3, 3], values: values(135, 1), ...(location !== undefined && { location }) },
    // One of the first two outputs is positive for every image.
    { name: 'weights', dims: [5, 3], values: values(5, 2).flatMap((v, i) => [40 * v, -40 * v, 30 * values(5, 6)[i]!]) },
    { name: 'bias', dims: [3], values: [0.5, -0.2, 0.3] },
    { name: 'three', dims: [1], values: [3] },
  ]
  return writeModel([batch, 3, 4, 6], nodes, initializers, opset)
}

const small = { name: 'small', classNames: ['a', 'b', 'c'], preprocessing: 'none' } as const
const bytesBatch = (n: number) => ({
  data: Uint8Array.from(values(n * 72, 3), (v) => Math.round((v + 1) * 127.5)),
  n,
  height: 4,
  width: 6,
  channels: 3,
})
const floatsBatch = (n: number) => {
  const batch = bytesBatch(n)
  return { ...batch, data: Float32Array.from(batch.data, (v) => v / 255) }
}

/** Opens a model on both engines, and closes it. */
async function compare(
  model: Uint8Array | string,
  options: Parameters<typeof openOnnxNative>[1],
  check: (native: Classifier, onTfjs: Classifier) => Promise<void>,
): Promise<void> {
  const native = await openOnnxNative(model, options)
  const onTfjs = await openOnnx(model, options)
  try {
    await check(native, onTfjs)
  } finally {
    native.dispose()
    onTfjs.dispose()
  }
}

async function expectSame(native: Classifier, onTfjs: Classifier, images: Parameters<Classifier['predict']>[0]) {
  const taps = native.info.layers.map(({ name }) => ({ layer: name, reduce: 'none' }) as const)
  const [found, expected] = [await native.predict(images, taps), await onTfjs.predict(images, taps)]
  expect(relativeError(found.logits, expected.logits)).toBeLessThan(1e-5)
  expect(largestDifference(found.probabilities, expected.probabilities)).toBeLessThan(1e-5)
  for (const [i, tap] of expected.taps.entries()) {
    expect(found.taps[i]!.shape).toEqual(tap.shape)
    expect(relativeError(found.taps[i]!.data, tap.data), taps[i]!.layer).toBeLessThan(1e-5)
  }
}

describe('what a model ends in', () => {
  const shares: TestNode[] = [
    { opType: 'Relu', inputs: ['dense'], output: 'positive' },
    { opType: 'ReduceMean', inputs: ['positive'], output: 'mean', attributes: { axes: [1], keepdims: 1 } },
    { opType: 'Mul', inputs: ['mean', 'three'], output: 'sum' },
    { opType: 'Div', inputs: ['positive', 'sum'], output: 'shares' },
  ]
  const softmax = { opType: 'Softmax', inputs: ['dense'], output: 'softmax', attributes: { axis: 1 } }
  it.each([
    ['logits', []],
    ['softmax', [softmax]],
    // Only the values tell, and some are 0.
    ['softmax', shares],
  ] as const)('%s', (output, tail) =>
    compare(smallModel(tail), small, async (native, onTfjs) => {
      expect(native.info.output).toBe(output)
      await expectSame(native, onTfjs, bytesBatch(4))
    }),
  )

  const mean: TestNode = {
    opType: 'ReduceMean',
    inputs: ['dense'],
    output: 'score',
    attributes: { axes: [1], keepdims: 1 },
  }
  const sigmoid: TestNode = { opType: 'Sigmoid', inputs: ['score'], output: 'second' }
  const two = { ...small, classNames: ['no', 'yes'] }

  it('one sigmoid, of two classes', () =>
    compare(smallModel([mean, sigmoid]), two, async (native, onTfjs) => {
      expect(native.info).toMatchObject({ output: 'softmax', classNames: ['no', 'yes'] })
      await expectSame(native, onTfjs, bytesBatch(4))
      const { logits, probabilities } = await native.predict(bytesBatch(4))
      const { taps } = await native.predict(bytesBatch(4), [{ layer: 'dense', reduce: 'none' }])
      for (let image = 0; image < 4; image++) {
        const score = taps[0]!.data.subarray(3 * image, 3 * image + 3).reduce((a, b) => a + b) / 3
        expect(logits[2 * image + 1]! - logits[2 * image]!).toBeCloseTo(score, 4)
        expect(probabilities[2 * image + 1]).toBeCloseTo(1 / (1 + Math.exp(-score)), 5)
      }
    }))

  it('one number, which has to be said to be a logit', async () => {
    await expect(openOnnxNative(smallModel([mean]), two)).rejects.toThrow(/set "output" to "logits"/)
    await compare(smallModel([mean]), { ...two, output: 'logits' }, async (native, onTfjs) => {
      expect(native.info.output).toBe('logits')
      await expectSame(native, onTfjs, bytesBatch(4))
    })
  })

  it('a sigmoid for each class, which asks', async () => {
    const each: TestNode = { opType: 'Sigmoid', inputs: ['dense'], output: 'several' }
    await expect(openOnnxNative(smallModel([each]), small)).rejects.toThrow(/several can be true at once/)
    await compare(smallModel([each]), { ...small, output: 'logits' }, async (native, onTfjs) => {
      const plain = await openOnnx(smallModel(), small)
      expect((await onTfjs.predict(bytesBatch(2))).logits).toEqual((await plain.predict(bytesBatch(2))).logits)
      plain.dispose()
      await expectSame(native, onTfjs, bytesBatch(2))
    })
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
