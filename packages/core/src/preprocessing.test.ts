import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { type Preprocessing, toTensor } from './index.js'
import { openLayersModel } from './layers.js'
import { createPreprocessor } from './preprocessing.js'
import { slopeError } from './slope-error.test.data.js'

type Shape = [number, number, number, number]

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

function apply(preprocessing: Preprocessing, network: Shape, images: ArrayLike<number>, shape = network): number[] {
  const [, height, width, channels] = network
  const preprocessor = createPreprocessor(preprocessing, { height, width, channels })
  const values = tf.tidy(() => Array.from(preprocessor.apply(tf.tensor4d(Float32Array.from(images), shape)).dataSync()))
  preprocessor.dispose()
  return values
}

const size = { height: 2, width: 2, channels: 3 }

it('subtracts the mean and divides by the deviation, channel by channel, and lets gradients through', () => {
  const preprocessor = createPreprocessor({ mean: [0.5, 0.25], std: [0.5, 0.25] }, { height: 1, width: 2, channels: 2 })
  tf.tidy(() => {
    const images = tf.tensor4d([0, 0.5, 1, 0.25], [1, 1, 2, 2])
    expect(Array.from(preprocessor.apply(images).dataSync())).toEqual([-1, 1, 1, 0])
    const gradient = tf.grad((x) => tf.sum(preprocessor.apply(x as tf.Tensor4D)))(images)
    expect(Array.from(gradient.dataSync())).toEqual([2, 4, 2, 4])
  })
  preprocessor.dispose()
})

it('uses a single value for every channel', () => {
  expect(apply({ mean: [0.5], std: [0.5] }, [1, 1, 1, 3], [1, 1, 1])).toEqual([1, 1, 1])
})

describe('presets', () => {
  const pixel = [0.2, 0.4, 0.6]
  const expected: Record<Exclude<Preprocessing, object>, number[]> = {
    none: pixel,
    'imagenet-torch': [(0.2 - 0.485) / 0.229, (0.4 - 0.456) / 0.224, (0.6 - 0.406) / 0.225],
    'keras-caffe': [0.6 * 255 - 103.939, 0.4 * 255 - 116.779, 0.2 * 255 - 123.68],
    '[-1,1]': [-0.6, -0.2, 0.2],
  }
  for (const [name, values] of Object.entries(expected))
    it(`${name} follows its formula`, () => {
      const result = apply(name as keyof typeof expected, [1, 1, 1, 3], pixel)
      expect(largestDifference(result, values)).toBeLessThan(1e-4)
    })

  it('can be changed in part', () => {
    const values = apply({ preset: 'keras-caffe', channelOrder: 'rgb' }, [1, 1, 1, 3], pixel)
    expect(largestDifference(values, [51 - 103.939, 102 - 116.779, 153 - 123.68])).toBeLessThan(1e-4)
  })

  it('of one value fit any number of channels', () => {
    expect(apply('[-1,1]', [1, 1, 1, 1], [1])).toEqual([1])
    expect(() => apply('imagenet-torch', [1, 1, 1, 1], [1])).toThrow(/mean has 3 entries, expected one per channel, 1/)
  })
})

describe('resize', () => {
  const pattern = (length: number) => Float32Array.from({ length }, (_, i) => ((i * 37) % 101) / 100)

  // By PyTorch 1.13: interpolate(mode='bilinear', antialias=True, align_corners=False), and a centre crop.
  const shrunk = [
    0.386688, 0.432045, 0.545029, 0.539886, 0.545657, 0.436629, 0.533084, 0.548929, 0.51746, 0.409465, 0.531082,
    0.516094, 0.497082, 0.434565, 0.520535, 0.544866, 0.495844, 0.396916, 0.519343, 0.548829, 0.450714, 0.537914,
    0.497955, 0.543312,
  ]
  const grown = [
    0, 0.037, 0.185, 0.333, 0.37, 0.4625, 0.436375, 0.331875, 0.227375, 0.20125, 0.63875, 0.612625, 0.508125, 0.403625,
    0.3775, 0.47, 0.507, 0.655, 0.803, 0.84,
  ]
  const cropped = [
    0.53, 0.480937, 0.495, 0.509063, 0.46, 0.410938, 0.472344, 0.502188, 0.545, 0.559063, 0.51, 0.460938, 0.475,
    0.489063, 0.582031, 0.580313,
  ]

  it.each(['cpu', 'wasm'])('agrees with PyTorch on %s', async (backend) => {
    await tf.setBackend(backend)
    const smaller = apply({ resize: { height: 7, width: 10 } }, [1, 3, 4, 2], pattern(140), [1, 7, 10, 2])
    expect(largestDifference(smaller, shrunk)).toBeLessThan(2e-6)
    const larger = apply({ resize: { height: 3, width: 2 } }, [1, 4, 5, 1], pattern(6), [1, 3, 2, 1])
    expect(largestDifference(larger, grown)).toBeLessThan(2e-6)
    // Resize(10) of 20 x 28, then CenterCrop(8).
    const resize = { height: 20, width: 28, crop: 0.8 }
    const centre = apply({ resize }, [1, 8, 8, 1], pattern(560), [1, 20, 28, 1])
    expect(largestDifference(centre.slice(0, 16), cropped)).toBeLessThan(2e-6)
  })

  it('leaves images of the right size and flat ones as they are', () => {
    const same = apply({ resize: { height: 3, width: 4 } }, [1, 3, 4, 1], pattern(12))
    expect(largestDifference(same, pattern(12))).toBeLessThan(1e-6)
    const flat = apply({ resize: { height: 9, width: 2, crop: 0.7 } }, [2, 4, 5, 3], Array(108).fill(0.3), [2, 9, 2, 3])
    expect(largestDifference(flat, Array(120).fill(0.3))).toBeLessThan(1e-6)
  })

  it('keeps the largest centred window of the right shape', () => {
    // Two rows of a tall image, so that the window is the middle half.
    const rows = [1, 1, 2, 2, 3, 3, 4, 4]
    expect(apply({ resize: { height: 4, width: 2, crop: 1 } }, [1, 2, 2, 1], rows, [1, 4, 2, 1])).toEqual([2, 2, 3, 3])
  })

  it('gives the same by loops in main memory, of levels and shares, and by matrix products on a device', async () => {
    // A backend of another name stands for one whose tensors are not in main memory.
    tf.registerBackend('device', tf.findBackendFactory('cpu')!)
    tf.copyRegisteredKernels('cpu', 'device')
    const preprocessing = { preset: 'imagenet-torch', resize: { height: 61, width: 90, crop: 0.8 } } as const
    const image = { data: new Uint8Array(2 * 61 * 90 * 3).map((_, i) => (i * 7919) % 256), n: 2, ...size }
    const levels = { ...image, height: 61, width: 90 }
    const shares = { ...levels, data: Float32Array.from(levels.data, (v) => v / 255) }
    const results: Float32Array[] = []
    for (const backend of ['cpu', 'wasm', 'device']) {
      await tf.setBackend(backend)
      const preprocessor = createPreprocessor(preprocessing, { height: 23, width: 17, channels: 3 })
      tf.tidy(() => {
        const forms = [levels, shares].map((batch) =>
          preprocessor.applyToPixels(toTensor(preprocessor.resizeOnHost(batch))),
        )
        const slope = tf.grad((x) => tf.sum(tf.square(preprocessor.apply(x as tf.Tensor4D))))(toTensor(shares))
        results.push(
          ...[...forms, preprocessor.apply(toTensor(levels))].map((form) => form.dataSync<'float32'>().slice()),
        )
        results.push(slope.dataSync<'float32'>().slice(0, results[0]!.length))
      })
      preprocessor.dispose()
    }
    // What the standard deviation makes of 1e-6 in a share.
    for (const [i, values] of results.entries())
      expect(largestDifference(values, results[i % 4 === 3 ? 3 : 0]!), `form ${i}`).toBeLessThan(1e-6 / 0.224)
    tf.removeBackend('device')
    await tf.setBackend('cpu')
  })

  it.each(['cpu', 'wasm'])('has the right gradient on %s', async (backend) => {
    await tf.setBackend(backend)
    const preprocessing = { preset: 'keras-caffe', resize: { height: 6, width: 5, crop: 0.9 } } as const
    const preprocessor = createPreprocessor(preprocessing, { height: 3, width: 7, channels: 3 })
    tf.tidy(() => {
      const x = tf.randomUniform<tf.Rank.R4>([2, 6, 5, 3], 0, 1, 'float32', 1)
      const value = (v: tf.Tensor) => tf.sum(tf.square(tf.div(preprocessor.apply(v as tf.Tensor4D), 255)))
      expect(slopeError(value, x)).toBeLessThan(0.01)
    })
    preprocessor.dispose()
  })
})

it('makes a classifier take images of its own size, with gradients of that size', async () => {
  await tf.setBackend('cpu')
  const model = tfl.sequential()
  model.add(tfl.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [4, 4, 3], dtype: 'float32' }))
  model.add(tfl.layers.flatten())
  model.add(tfl.layers.dense({ units: 2 }))
  const preprocessing = { preset: '[-1,1]', resize: { height: 9, width: 6 } } as const
  const classifier = await openLayersModel(model, { preprocessing })
  expect(classifier.info.input).toEqual({ height: 9, width: 6, channels: 3 })
  const images = { data: new Uint8Array(2 * 9 * 6 * 3).fill(128), n: 2, height: 9, width: 6, channels: 3 }
  expect((await classifier.predict(images)).logits).toHaveLength(4)
  const shape = tf.tidy(() => {
    const x = tf.zeros<tf.Rank.R4>([1, 9, 6, 3])
    return tf.grad((v) => tf.sum(classifier.differentiable!.logits(v as tf.Tensor4D)))(x).shape
  })
  expect(shape).toEqual([1, 9, 6, 3])
  const gray = { ...images, data: new Uint8Array(108), channels: 1 }
  await expect(classifier.predict(gray)).rejects.toThrow(
    /images are \[2, 9, 6, 1\], .* expects \[n, 9, 6, 3\], convert the grayscale images to RGB/,
  )
  classifier.dispose()
  model.dispose()
})

it('refuses what does not fit, and leaves nothing on the device', () => {
  const attempt = (preprocessing: unknown) => () => createPreprocessor(preprocessing as Preprocessing, size)
  expect(attempt({ mean: [0, 0] })).toThrow(/mean has 2 entries, expected one per channel, 3/)
  expect(attempt({ std: [1, 0, 1] })).toThrow(/std is \[1, 0, 1\], expected positive numbers/)
  expect(attempt({ mean: [Number.NaN] })).toThrow(/mean is \[NaN\]/)
  expect(attempt({ mean: 0.5 })).toThrow(/mean is 0.5, expected a list/)
  expect(attempt('imagenet')).toThrow(/no preset "imagenet", expected one of none, imagenet-torch, keras-caffe/)
  expect(attempt({ preset: 'x' })).toThrow(/no preset "x"/)
  expect(attempt({ means: [0] })).toThrow(/no step means, expected some of preset, resize, channelOrder/)
  expect(attempt({ scale: 0 })).toThrow(/scale is 0/)
  expect(attempt({ channelOrder: 'gbr' })).toThrow(/channelOrder is "gbr"/)
  expect(attempt({ resize: { height: 0, width: 2 } })).toThrow(/resize.height is 0/)
  expect(attempt({ resize: { height: 2 ** 40, width: 2 } })).toThrow(/resize.height is 1099511627776/)
  expect(attempt({ resize: { height: 2, width: 2, crop: 1.5 } })).toThrow(/resize.crop is 1.5/)
  expect(() => createPreprocessor('keras-caffe', { ...size, channels: 1 })).toThrow(
    /needs 3 channels, the network takes 1/,
  )
})
