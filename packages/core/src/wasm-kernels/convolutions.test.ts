import * as tf from '@tensorflow/tfjs-core'
import { describe, it } from 'vitest'
import { expectSameGradients, normal } from './compare-backends.test.data.js'

type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]]
type Case = [
  size: [height: number, width: number],
  filter: [height: number, width: number],
  stride: number | [number, number],
  pad: Pad,
]

const cases: Case[] = [
  [[6, 7], [3, 3], 1, 'same'],
  [[6, 7], [3, 3], 1, 'valid'],
  [[6, 7], [1, 1], 1, 'valid'],
  [[6, 7], [2, 4], 1, 'same'],
  [
    [6, 5],
    [5, 3],
    1,
    [
      [0, 0],
      [2, 2],
      [2, 2],
      [0, 0],
    ],
  ],
  [[6, 7], [1, 1], 1, 1],
  [[8, 8], [3, 3], 2, 'same'],
  [[7, 9], [3, 3], 2, 'same'],
  [[7, 8], [3, 3], 2, 'valid'],
  [[8, 8], [3, 3], 2, 1],
  [[8, 8], [1, 1], 2, 'same'],
  [[9, 7], [1, 1], 3, 'valid'],
  [[11, 12], [7, 7], 2, 3],
  [[19, 23], [11, 11], 4, 2],
  [[8, 12], [4, 4], 4, 'valid'],
  [[9, 10], [2, 2], 3, 'valid'],
  [[5, 5], [3, 3], 3, 2],
  [
    [4, 4],
    [3, 2],
    2,
    [
      [0, 0],
      [4, 4],
      [4, 4],
      [0, 0],
    ],
  ],
  [[6, 6], [5, 5], [2, 1], 'same'],
  [
    [6, 6],
    [3, 2],
    2,
    [
      [0, 0],
      [0, 2],
      [1, 0],
      [0, 0],
    ],
  ],
  [
    [5, 6],
    [3, 3],
    1,
    [
      [0, 0],
      [3, 0],
      [0, 4],
      [0, 0],
    ],
  ],
  [[1, 1], [3, 3], 1, 'same'],
  [
    [1, 1],
    [1, 1],
    5,
    [
      [0, 0],
      [5, 0],
      [5, 0],
      [0, 0],
    ],
  ],
  [
    [1, 1],
    [3, 3],
    3,
    [
      [0, 0],
      [3, 0],
      [0, 3],
      [0, 0],
    ],
  ],
]

describe.each(cases)(
  'gradients by input and filter: size %o, filter %o, stride %o, pad %o',
  (size, filter, stride, pad) => {
    it.each([
      [3, 5],
      [4, 1],
    ])('convolution of %i to %i channels', async (from, to) => {
      await expectSameGradients(
        (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad as never),
        () => [normal([2, ...size, from]), normal([...filter, from, to], 2)],
      )
    })

    it.each([
      [3, 1],
      [2, 3],
    ])('depthwise convolution of %i channels, %i outputs each', async (channels, multiplier) => {
      await expectSameGradients(
        (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad as never),
        () => [normal([2, ...size, channels]), normal([...filter, channels, multiplier], 2)],
      )
    })
  },
)
