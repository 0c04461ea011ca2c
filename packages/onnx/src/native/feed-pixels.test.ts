import * as tf from '@tensorflow/tfjs-core'
import type { Preprocessing } from '@vatun/core'
import { createPreprocessor } from '@vatun/core/layers'
import { expect, it } from 'vitest'
import '@tensorflow/tfjs-backend-cpu'
import { createPixelFeed } from './feed-pixels.js'

/** Sizes whose pixels are no multiple of what is written at a time. */
const sizes = [
  [1, 1],
  [2, 4],
  [5, 7],
] as const

const rgb: readonly Preprocessing[] = [
  'imagenet-torch',
  'keras-caffe',
  'none',
  { mean: [0.1, 0.2, 0.3], std: [0.4, 0.5, 0.6], scale: 255, channelOrder: 'bgr' },
]

const cases = [
  ...sizes.flatMap(([height, width]) => rgb.map((preprocessing) => ({ height, width, channels: 3, preprocessing }))),
  { height: 5, width: 7, channels: 1, preprocessing: '[-1,1]' as Preprocessing },
]

it.each(cases)('writes bytes as preprocessing makes them of tensors, to the last bit: %o', (given) => {
  const { preprocessing, ...size } = given
  const pixels = size.height * size.width * size.channels
  const data = Uint8Array.from({ length: 4 * pixels }, (_, i) => (i * 37 + 11) % 256)
  const images = { ...size, n: 4, data }
  const feed = createPixelFeed(preprocessing, size)
  const preprocessor = createPreprocessor(preprocessing, size)
  const target = new Float32Array(3 * pixels).fill(Number.NaN)
  feed.fill(images, 1, 2, target)
  const expected = tf.tidy(() => {
    const part = Float32Array.from(data.subarray(pixels, 3 * pixels), (level) => level / 255)
    const applied = preprocessor.apply(tf.tensor4d(part, [2, size.height, size.width, size.channels]))
    return tf.transpose(applied, [0, 3, 1, 2]).dataSync<'float32'>()
  })
  expect([...target.subarray(0, 2 * pixels)]).toEqual([...expected])
  expect(target.subarray(2 * pixels).every(Number.isNaN)).toBe(true)
  feed.dispose()
  preprocessor.dispose()
})
