import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, toTensor } from '@vatun/core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { defineAugmentation } from './augmentation.js'
import { allAxes } from './axes.js'
import { changeImages, disposeImages } from './change-images.js'
import { createRegistry } from './create-registry.js'
import { predictDegrees } from './predict-degrees.js'
import { augmentations } from './registry.js'

const size = { n: 2, height: 13, width: 10, channels: 3 }
const data = Float32Array.from({ length: 2 * 13 * 10 * 3 }, (_, i) => ((i * 7919) % 256) / 255)
const images = { ...size, data }
const levels = { ...size, data: Uint8Array.from(data, (v) => Math.round(255 * v)) }

beforeAll(async () => {
  // A backend of another name stands for one whose tensors are not in main memory.
  tf.registerBackend('device', tf.findBackendFactory('cpu')!)
  tf.copyRegisteredKernels('cpu', 'device')
  await tf.setBackend('cpu')
})
afterEach(async () => {
  await tf.setBackend('cpu')
  expect(tf.memory().numTensors).toBe(0)
})

it('leaves images where they are as long as that is the best place', async () => {
  const where = (pipeline: Parameters<typeof changeImages>[1]) => {
    const changed = changeImages(levels, pipeline)
    disposeImages(changed)
    return changed instanceof tf.Tensor ? 'device' : 'host'
  }
  expect(changeImages(levels, [])).toBe(levels)
  const turned = { name: 'rotation', degrees: 20 }
  const coded = { name: 'jpeg', quality: 30 }
  expect(where([turned, coded])).toBe('host')
  expect(where([turned, { name: 'invert' }])).toBe('device')
  await tf.setBackend('device')
  expect(where([coded])).toBe('host')
  expect(where([turned])).toBe('device')
  expect(where([coded, turned])).toBe('device')
})

it('gives the values of the pipeline on tensors, step after step', () => {
  const pipeline = [{ name: 'hue', degrees: 40 }, { name: 'invert' }, { name: 'jpeg', quality: 60 }]
  const changed = changeImages(levels, pipeline) as tf.Tensor4D
  const expected = tf.tidy(() => applyPipeline(toTensor(levels), pipeline))
  expect(Array.from(changed.dataSync())).toEqual(Array.from(expected.dataSync()))
  tf.dispose([changed, expected])
})

it('refuses images with channels that a change does not take, wherever they are', async () => {
  const grey = { n: 1, height: 6, width: 6, channels: 1, data: new Float32Array(36) }
  const refused = [
    [grey, { name: 'hue', degrees: 40 }, /^hue: images have 1 channel, expected 3/],
    [{ ...grey, width: 3, channels: 2 }, { name: 'jpeg', quality: 40 }, /^jpeg: images have 2 channels, expected/],
  ] as const
  for (const backend of ['cpu', 'device']) {
    await tf.setBackend(backend)
    for (const [batch, step, message] of refused) expect(() => changeImages(batch, [step])).toThrow(message)
  }
})

it('keeps images from augmentations of your own that write into them', () => {
  const registry = createRegistry([
    defineAugmentation({
      name: 'darker',
      label: 'Darker',
      parameters: [],
      apply: (x) => tf.mul(x, 0.5) as tf.Tensor4D,
      applyOnHost: ({ data }) => {
        for (let i = 0; i < data.length; i++) data[i]! /= 2
        return data
      },
    }),
  ])
  const before = data.slice()
  const changed = changeImages(images, [{ name: 'darker' }, { name: 'invert' }, { name: 'darker' }], {
    registry: createRegistry([...augmentations, registry.find('darker')]),
  })
  expect(data).toEqual(before)
  const values = (changed as tf.Tensor4D).dataSync()
  disposeImages(changed)
  expect(Math.abs(values[5]! - (1 - before[5]! / 2) / 2)).toBeLessThan(1e-6)
})

it('frees what it uploaded when preparing fails', async () => {
  const axis = {
    ...allAxes[0]!,
    name: 'slow',
    parameter: 'amount',
    degrees: [0.5],
    min: 0,
    max: 1,
    step: 0.1,
    identity: 0,
  }
  const slow = defineAugmentation({
    name: 'slow',
    label: 'Slow',
    parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: 0, max: 1 }],
    axis,
    prepare: () => {
      throw new Error('no memory')
    },
    apply: (x) => tf.clone(x),
  })
  const request = {
    classifier: {} as Classifier,
    images: levels,
    axis,
    registry: createRegistry([slow]),
    signal: new AbortController().signal,
  }
  await expect(predictDegrees(request, () => {})).rejects.toThrow(/augmentation "slow".*no memory/)
})
