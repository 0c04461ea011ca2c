import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import type { Classifier, ImageBatch } from '@vatun/core'
import { openOnnx } from '@vatun/onnx'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { explainImage } from './explain-image.js'
import { gradCam } from './grad-cam.js'
import { resizeMap } from './resize-map.js'

interface Golden {
  readonly x: readonly number[]
  readonly logits: readonly number[]
  readonly cams: Readonly<Record<string, { readonly raw: readonly number[]; readonly final?: readonly number[] }>>
}

const fixture = (name: string) => new URL(`fixtures/${name}`, import.meta.url)
const golden = JSON.parse(readFileSync(fixture('grad-cam.json'), 'utf8')) as Golden
// pytorch-grad-cam names the relu, we name the convolution that it follows.
const cams = Object.entries(golden.cams).map(([key, cam]) => {
  const [, relu, index] = key.split('/') as [string, string, string]
  return [key, relu.replace('relu', 'conv'), Number(index), cam] as const
})

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  let classifier: Classifier
  let images: tf.Tensor4D
  let tensors = 0

  beforeAll(async () => {
    await tf.setBackend(backend)
    classifier = await openOnnx(fixture('model-a.onnx'), {
      name: 'model A',
      classNames: '0123456789'.split(''),
      preprocessing: { mean: [0, 0, 0], std: [1, 1, 1] },
    })
    images = tf.tensor4d([...golden.x], [2, 32, 32, 3])
  })
  afterAll(() => {
    classifier.dispose()
    images.dispose()
  })
  beforeEach(() => {
    tensors = tf.memory().numTensors
  })
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it.each(cams)('gives the low-resolution map of pytorch-grad-cam: %s', async (_key, layer, index, { raw }) => {
    const map = gradCam(classifier.differentiable!, images, layer, [index, index])
    const largest = Math.max(...raw)
    expect(largest).toBeGreaterThan(0)
    expectClose(
      await map.data(),
      raw.map((v) => Math.max(0, v)),
      1e-4 * largest,
    )
    map.dispose()
  })

  it.each(cams.filter(([, , , { final }]) => final))(
    'and its final map, normalised its way: %s',
    async (_k, layer, index, cam) => {
      const final = tf.tidy(() => {
        const low = gradCam(classifier.differentiable!, images, layer, [index, index])
        return normalise(resizeMap(normalise(low), 32, 32))
      })
      expectClose(await final.data(), cam.final!, 1e-4)
      final.dispose()
    },
  )

  it('explains one image at image size, the same from host and device', async () => {
    const request = { method: 'grad-cam', layer: 'conv2', classIndex: 5 } as const
    const host: ImageBatch = {
      data: Float32Array.from(golden.x.slice(0, 3072)),
      n: 1,
      height: 32,
      width: 32,
      channels: 3,
    }
    const first = tf.slice(images, [0, 0, 0, 0], [1, -1, -1, -1])
    const result = await explainImage(classifier, host, request)
    expect(result).toMatchObject({ height: 32, width: 32 })
    expect(result.map.length).toBe(1024)
    expect(result.map.every((v) => v >= 0)).toBe(true)
    expect(await explainImage(classifier, first, request)).toEqual(result)
    first.dispose()
  })

  it('says what is wrong', async () => {
    const model = classifier.differentiable!
    expect(() => gradCam(model, images, 'fc', [0, 0])).toThrow(
      'gradCam: layer "fc" has rank 2, expected 4 ([batch, height, width, channels])',
    )
    expect(() => gradCam(model, images, 'conv9', [0, 0])).toThrow('no layer "conv9"')
    expect(() => gradCam(model, images, 'conv2', [0])).toThrow('gradCam: 1 classes for 2 images')
    expect(() => gradCam(model, images, 'conv2', [0, 10])).toThrow('gradCam: class 10, expected 0 to 9')
    const request = { method: 'grad-cam', layer: 'conv2', classIndex: 0 } as const
    await expect(explainImage(classifier, images, request)).rejects.toThrow('explain: 2 images, expected exactly one')
    const { differentiable: _, ...native } = classifier
    await expect(explainImage(native, images, request)).rejects.toThrow('model A runs on an engine without gradients')
  })
})

describe('resizeMap', () => {
  it('keeps pixel centres at half positions', () => {
    const [doubled] = tf.tidy(() => resizeMap(tf.tensor3d([0, 4], [1, 1, 2]), 1, 4).arraySync() as number[][][])
    expect(doubled).toEqual([[0, 1, 3, 4]])
  })
})

/** `(x - min) / (1e-7 + max - min)`, image by image. */
function normalise(maps: tf.Tensor3D): tf.Tensor3D {
  const shifted = tf.sub(maps, tf.min(maps, [1, 2], true))
  return tf.div(shifted, tf.add(tf.max(shifted, [1, 2], true), 1e-7))
}

function expectClose(actual: ArrayLike<number>, expected: readonly number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length)
  const largest = expected.reduce((max, v, i) => Math.max(max, Math.abs(v - actual[i]!)), 0)
  expect(largest).toBeLessThan(tolerance)
}
