import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { compare, expectSame } from './compare-engines.test.data.js'
import { bytesBatch, small, smallModel } from './small-model.test.data.js'
import type { TestNode } from './write-model.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

const without: TestNode = { opType: 'Squeeze', inputs: ['pool'], output: 'row', attributes: { axes: [0, 2, 3] } }
const product: TestNode = { opType: 'MatMul', inputs: ['row', 'weights'], output: 'product' }
const sum: TestNode = { opType: 'Add', inputs: ['product', 'bias'], output: 'sum' }
const again: TestNode = { opType: 'Unsqueeze', inputs: ['row'], output: 'matrix', attributes: { axes: [0] } }
const gemm: TestNode = { opType: 'Gemm', inputs: ['matrix', 'weights', 'bias'], output: 'scores' }

describe('a file for one image that drops their axis before its dense layer', () => {
  it.each<[string, TestNode[], string]>([
    ['a vector times a matrix', [without, product, sum], 'logits'],
    [
      'and a softmax',
      [without, product, sum, { opType: 'Softmax', inputs: ['sum'], output: 'p', attributes: { axis: 0 } }],
      'softmax',
    ],
    ['and puts it back', [without, again, gemm], 'logits'],
  ])('%s', async (_, tail, output) => {
    const plain = await openOnnx(smallModel(), small)
    const images = bytesBatch(3)
    const expected = await plain.predict(images)
    await compare(smallModel(tail, 1, 12), small, async (native, onTfjs) => {
      await expectSame(native, onTfjs, images)
      for (const { info } of [native, onTfjs]) expect(info.output).toBe(output)
      expect(relativeError((await onTfjs.predict(images)).probabilities, expected.probabilities)).toBeLessThan(1e-5)
      const slopes = [onTfjs, plain].map(({ differentiable }) =>
        tf.tidy(() => {
          const pixels = tf.tensor4d(
            Float32Array.from(images.data, (level) => level / 255),
            [3, 4, 6, 3],
          )
          // Logits of a softmax differ by a constant.
          const signs = tf.tensor1d([1, -0.6, -0.4])
          return tf
            .grad((x) => tf.sum(tf.mul(differentiable!.logits(x as tf.Tensor4D), signs)))(pixels)
            .dataSync()
        }),
      )
      expect(relativeError(slopes[0]!, slopes[1]!)).toBeLessThan(1e-4)
    })
    plain.dispose()
  })

  it('is refused with what is wrong for any number', async () => {
    const wrong: TestNode = { opType: 'MatMul', inputs: ['row', 'bias'], output: 'product' }
    await expect(openOnnx(smallModel([without, wrong], 1, 12), small)).rejects.toThrow(/does not fit/)
  })
})
