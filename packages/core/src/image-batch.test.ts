import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { expect, test } from 'vitest'
import { pickImages, toImageBatch, toTensor, toUint8 } from './image-batch.js'

test('pixels survive the way to a tensor and back', async () => {
  await tf.setBackend('cpu')
  const before = tf.memory().numTensors
  const batch = {
    data: Uint8Array.from({ length: 2 * 3 * 4 * 1 }, (_, i) => i * 10),
    n: 2,
    height: 3,
    width: 4,
    channels: 1,
  }
  const tensor = toTensor(batch)
  const back = await toImageBatch(tensor)
  tensor.dispose()
  expect(tensor.shape).toEqual([2, 3, 4, 1])
  expect([...toUint8(back).data]).toEqual([...batch.data])
  expect(tf.memory().numTensors).toBe(before)
})

test('rounding to uint8 clips and takes the nearest level', () => {
  const batch = { data: Float32Array.of(-0.5, 0.5, 2, 100.4 / 255), n: 1, height: 1, width: 4, channels: 1 }
  expect([...toUint8(batch).data]).toEqual([0, 128, 255, 100])
})

test('images are picked in the order asked, repeats allowed', () => {
  const batch = { data: Uint8Array.of(1, 2, 3), n: 3, height: 1, width: 1, channels: 1 }
  expect([...pickImages(batch, [2, 0, 2]).data]).toEqual([3, 1, 3])
})

test('a shape that the values do not fill is refused', () => {
  const batch = { data: new Uint8Array(5), n: 1, height: 2, width: 1, channels: 3 }
  expect(() => toTensor(batch)).toThrow('5 values do not fill [1, 2, 1, 3], which needs 6')
})
