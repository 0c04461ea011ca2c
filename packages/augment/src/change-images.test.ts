import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { toTensor } from '@vatun/core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { allAxes, stepOf } from './axes.js'
import { changeImages, disposeImages } from './change-images.js'
import { augmentations, readValues } from './registry.js'

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

const onHost = augmentations.filter(({ applyOnHost }) => applyOnHost)

it.each(onHost.map(({ name }) => name))('%s gives the same from main memory as from a device', async (name) => {
  const augmentation = onHost.find((a) => a.name === name)!
  const axis = allAxes.find((a) => a.name === name)!
  for (const degree of axis.degrees) {
    const values = readValues(augmentation, stepOf(axis, degree))
    const before = data.slice()
    const host = augmentation.applyOnHost!(images, values, { ids: [3, 4] })
    expect(data).toEqual(before)
    await tf.setBackend('device')
    const device = tf.tidy(() => {
      const changed = augmentation.apply(toTensor(images), values, { ids: [3, 4] })
      return changed.dataSync<'float32'>().slice()
    })
    expect(host).toHaveLength(device.length)
    const furthest = Math.max(...device.map((value, i) => Math.abs(value - host[i]!)))
    expect(furthest, `at ${degree}`).toBeLessThan(2e-6)
  }
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
