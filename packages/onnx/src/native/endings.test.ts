import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type Preprocessing, toTensor } from '@vatun/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { float16ToFloat32 } from '../constant.js'
import { largestDifference, relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { compare, expectSame } from './compare-engines.test.data.js'
import { CHANNELS, HEIGHT, readEndings, runFile, WIDTH } from './endings.test.data.js'
import { toFileInput } from './file-input.js'
import { values } from './small-model.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterAll(() => expect(tf.memory().numTensors).toBe(0))

const files = readEndings()
const N = 10
const SIZE = HEIGHT * WIDTH * CHANNELS
const images = {
  data: Uint8Array.from(values(N * SIZE, 3), (v) => Math.round(127.5 + 110 * v)),
  n: N,
  height: HEIGHT,
  width: WIDTH,
  channels: CHANNELS,
}

const softmax = (row: readonly number[]): number[] => {
  const powers = row.map((z) => Math.exp(z - Math.max(...row)))
  return powers.map((p) => p / powers.reduce((a, b) => a + b))
}

/** What the output of a file means: from a row of it to probabilities. */
const MEANINGS = {
  logits: softmax,
  probabilities: (row: readonly number[]) => [...row],
  'logarithms of probabilities': (row: readonly number[]) => row.map(Math.exp),
  'a probability': ([p]: readonly number[]) => [1 - p!, p!],
  'a logit': ([z]: readonly number[]) => softmax([0, z!]),
}

interface Expected {
  readonly means: keyof typeof MEANINGS
  readonly output?: 'logits' | 'softmax'
  readonly outputName?: string
  /** The value of a pixel of 255. */
  readonly scale?: number
  /** Reads the output of that name instead. */
  readonly reads?: string
}

const EXPECTED: Readonly<Record<string, Expected>> = {
  logits: { means: 'logits' },
  'logits-batch-1': { means: 'logits' },
  'logits-batch-8': { means: 'logits' },
  'logits-map': { means: 'logits' },
  'logits-row-in-1': { means: 'logits' },
  softmax: { means: 'probabilities' },
  'softmax-batch-8': { means: 'probabilities' },
  'softmax-9': { means: 'probabilities' },
  'softmax-map': { means: 'probabilities' },
  'softmax-map-11': { means: 'probabilities' },
  'softmax-map-flat': { means: 'probabilities' },
  'softmax-map-squeezed': { means: 'probabilities' },
  'softmax-double': { means: 'probabilities' },
  'softmax-of-double': { means: 'probabilities' },
  'softmax-in-1': { means: 'probabilities' },
  'softmax-transposed': { means: 'probabilities' },
  'softmax-of-map-as-nhwc': { means: 'probabilities' },
  'softmax-warm': { means: 'probabilities' },
  'softmax-twice': { means: 'probabilities' },
  'softmax-written-out': { means: 'probabilities' },
  'softmax-written-out-map': { means: 'probabilities' },
  'softmax-written-out-18': { means: 'probabilities' },
  'softmax-clipped': { means: 'probabilities' },
  'log-softmax': { means: 'logarithms of probabilities' },
  'log-softmax-map': { means: 'logarithms of probabilities' },
  'exp-log-softmax': { means: 'probabilities' },
  'log-of-softmax': { means: 'logarithms of probabilities' },
  'one-squeezed': { means: 'probabilities' },
  'one-squeezed-all': { means: 'probabilities' },
  'one-squeezed-last': { means: 'probabilities' },
  'one-map-squeezed': { means: 'probabilities' },
  'one-picked': { means: 'probabilities' },
  'one-reshaped': { means: 'probabilities' },
  'one-logits-reshaped': { means: 'logits' },
  'one-logits-squeezed': { means: 'logits' },
  'one-squeezed-inside': { means: 'probabilities' },
  'eight-viewed': { means: 'probabilities' },
  'eight-squeezed': { means: 'probabilities' },
  sigmoid: { means: 'a probability' },
  'sigmoid-squeezed': { means: 'a probability' },
  'sigmoid-of-squeezed': { means: 'a probability' },
  'sigmoid-batch-1': { means: 'a probability' },
  'sigmoid-written-out': { means: 'a probability' },
  'sigmoid-pair': { means: 'probabilities' },
  logit: { means: 'a logit', output: 'logits' },
  'logit-squeezed': { means: 'a logit', output: 'logits' },
  number: { means: 'a probability', output: 'softmax' },
  'with-class': { means: 'probabilities', reads: 'out1' },
  'with-top': { means: 'probabilities', reads: 'out2' },
  'with-logits': { means: 'logits' },
  'with-map': { means: 'logits', outputName: 'out1', reads: 'out1' },
  'with-features': { means: 'logits', outputName: 'out0' },
  'with-auxiliary': { means: 'logits', outputName: 'out2', reads: 'out2' },
  nhwc: { means: 'probabilities' },
  'nhwc-batch-8': { means: 'logits' },
  'uint8-nhwc': { means: 'probabilities', scale: 255 },
  uint8: { means: 'logits', scale: 255 },
  'uint8-batch-1': { means: 'logits', scale: 255 },
  'uint8-bgr': { means: 'logits', scale: 255 },
  'uint8-flipped': { means: 'logits', scale: 255 },
  'uint8-resized': { means: 'logits', scale: 255 },
  normalised: { means: 'logits' },
}

describe('both engines give the probabilities that the file means, and tfjs their slopes', () => {
  it.each(Object.entries(EXPECTED))('%s', async (name, { means, output, outputName, scale = 1, reads }) => {
    const file = files.get(name)!
    const preprocessing: Preprocessing = { scale }
    const options = { name, preprocessing, threads: 1, ...(output && { output }), ...(outputName && { outputName }) }
    // Two images beside the first, along a direction in whole numbers, follow.
    const direction = Float32Array.from(values(SIZE, 9), (v) => Math.round(5 * v))
    const first = [...images.data.subarray(0, SIZE)]
    const beside = [1, -1].flatMap((step) => first.map((v, i) => v + step * direction[i]!))
    const pixels = Float32Array.from([...images.data, ...beside], (v) => (v / 255) * scale)
    const { data, perImage } = await runFile(file, pixels, reads)
    const rows = Array.from({ length: data.length / perImage }, (_, i) =>
      MEANINGS[means](data.slice(i * perImage, (i + 1) * perImage)),
    )
    await compare(file, options, async (native, onTfjs) => {
      expect(native.info).toEqual(onTfjs.info)
      const isShares = means === 'probabilities' || means === 'a probability'
      expect(native.info.output).toBe(isShares ? 'softmax' : 'logits')
      for (const engine of [native, onTfjs]) {
        const { probabilities } = await engine.predict(images)
        expect(largestDifference(probabilities, rows.slice(0, N).flat())).toBeLessThan(1e-5)
      }
      await expectSame(native, onTfjs, images)

      const [ahead, back] = rows.slice(N)
      tf.tidy(() => {
        const x = toTensor({ ...images, n: 1, data: images.data.subarray(0, SIZE) })
        for (const c of native.info.classNames.keys()) {
          const gradient = tf.grad((v) => {
            const logarithms = tf.logSoftmax(onTfjs.differentiable!.logits(v as tf.Tensor4D))
            return tf.sum(tf.slice(logarithms, [0, c], [1, 1]))
          })(x)
          const slope = tf.sum(tf.mul(tf.reshape(gradient, [SIZE]), direction)).dataSync()[0]! / 255
          const difference = (Math.log(ahead![c]!) - Math.log(back![c]!)) / 2
          expect(Math.abs(slope - difference), `class ${c}`).toBeLessThan(1e-3 * Math.max(0.01, Math.abs(difference)))
        }
      })
    })
  })
})

describe('where probabilities vanish, logits are those before the function, and have slopes', () => {
  it.each([...files.keys()].filter((name) => name.startsWith('hot-')))('%s', async (name) => {
    const { data, perImage } = await runFile(
      files.get(name)!,
      Float32Array.from(images.data, (v) => v / 255),
      'out1',
    )
    const expected = data.map((z, i) => (perImage === 1 ? z : z - data[i - (i % perImage)]!))
    await compare(files.get(name)!, { name, preprocessing: 'none', threads: 1 }, async (native, onTfjs) => {
      const classes = native.info.classNames.length
      for (const engine of [native, onTfjs]) {
        const { logits, probabilities } = await engine.predict(images)
        const differences = Array.from(logits, (z, i) => z - logits[i - (i % classes)]!)
        const found = perImage === 1 ? differences.filter((_, i) => i % 2 === 1) : differences
        expect(relativeError(found, expected)).toBeLessThan(1e-5)
        expect(probabilities.some((p) => p < 1e-12)).toBe(true)
      }
      const slopes = tf.tidy(() => {
        const sum = (x: tf.Tensor) => tf.sum(tf.slice(onTfjs.differentiable!.logits(x as tf.Tensor4D), [0, 1], [-1, 1]))
        return tf.grad(sum)(toTensor(images)).dataSync().slice()
      })
      expect(slopes.every((s) => Number.isFinite(s) && s !== 0)).toBe(true)
    })
  })
})

describe('one sentence asks, or refuses', () => {
  it.each([
    ['logit', {}, /one number for an image: is it the logit .* or its probability\?.* to "logits", or to "softmax"/],
    ['logit', { output: 'softmax' }, /of a black image are -?\d.*, not a probability: should "output" be "logits"\?/],
    ['logits', { output: 'softmax' }, /not probabilities that add up to 1: should "output" be "logits"\?/],
    ['sigmoid', { output: 'logits' }, /the model ends in sigmoid, its output cannot be "logits"/],
    ['softmax-map', { output: 'logits' }, /the model ends in softmax, its output cannot be "logits"/],
    ['log-softmax', { output: 'softmax' }, /the model ends in log-softmax, its output cannot be "softmax"/],
    ['labels', {}, /a sigmoid for each of 3 classes, .* Then set "output" to "logits"/],
    ['labels-map', {}, /a sigmoid for each of 3 classes, .* Then set "output" to "logits"/],
    ['with-map', {}, /which output holds the class scores\? Set "outputName" to one of out0, out1$/],
    ['with-features', {}, /which output holds the class scores\? Set "outputName" to one of out0, out1$/],
    ['with-auxiliary', {}, /which output holds the class scores\? Set "outputName" to one of out0, out1, out2$/],
    ['only-class', {}, /output "out" holds numbers of classes \(ArgMax\), expected \[n, classes\]/],
    ['over-the-batch', {}, /it compares the images of a batch with one another/],
    ['dictionary', {}, /output "dictionary" is a dictionary of classes \(ZipMap\), export it as a tensor/],
    ['uint8', {}, /takes whole numbers from 0 to 255 \(uint8\), but .* set it to \{ "scale": 255 \}/],
    ['uint8', { preprocessing: 'keras-caffe' }, /takes whole numbers from 0 to 255/],
  ] as const)('%s, %j', async (name, options, sentence) => {
    await expect(openOnnx(files.get(name)!, { preprocessing: 'none', ...options })).rejects.toThrow(sentence)
  })
})

describe('files in float16', () => {
  it.each(['halves', 'halves-batch-1'])('%s are computed in float32 on tfjs, to the precision of float16', (name) =>
    compare(files.get(name)!, { name, preprocessing: 'none', threads: 1 }, async (native, onTfjs) => {
      const taps = native.info.layers.map(({ name }) => ({ layer: name, reduce: 'max' }) as const)
      const [found, expected] = [await native.predict(images, taps), await onTfjs.predict(images, taps)]
      expect(largestDifference(found.probabilities, expected.probabilities)).toBeLessThan(2e-3)
      for (const [i, { data }] of found.taps.entries())
        expect(largestDifference(data, expected.taps[i]!.data)).toBeLessThan(1e-2)
    }),
  )

  it('get the nearest float16 of a pixel', () => {
    const patterns = Uint16Array.from({ length: 65536 }, (_, i) => i).filter((i) => (i & 0x7fff) <= 0x7c00)
    const image = { name: '', height: 1, width: 1, channels: 1, batch: undefined, isChannelsLast: false } as const
    const toHalves = (values: Float32Array) => toFileInput(values, 1, { ...image, element: 'float16' }).data
    expect(toHalves(float16ToFloat32(patterns))).toEqual(patterns)
    const [below, even, above] = [1 + 2 ** -11 - 2 ** -20, 1 + 2 ** -11, 1 + 2 ** -11 + 2 ** -20]
    expect([...toHalves(Float32Array.of(below, even, above, Number.NaN))]).toEqual([0x3c00, 0x3c00, 0x3c01, 0x7e00])
  })
})
