import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOnnx } from '../index.js'
import { compare, expectSame } from './compare-engines.test.data.js'
import { bytesBatch, small, smallModel } from './small-model.test.data.js'
import type { TestNode } from './write-model.test.data.js'

beforeAll(() => tf.setBackend('wasm'))
afterAll(() => expect(tf.memory().numTensors).toBe(0))

describe('what a model ends in', () => {
  const shares: TestNode[] = [
    { opType: 'Relu', inputs: ['dense'], output: 'positive' },
    { opType: 'ReduceMean', inputs: ['positive'], output: 'mean', attributes: { axes: [1], keepdims: 1 } },
    { opType: 'Mul', inputs: ['mean', 'three'], output: 'sum' },
    { opType: 'Div', inputs: ['positive', 'sum'], output: 'shares' },
  ]
  it('shares, which only the values tell, and some are 0', () =>
    compare(smallModel(shares), small, async (native, onTfjs) => {
      expect(native.info.output).toBe('softmax')
      await expectSame(native, onTfjs, bytesBatch(4))
    }))

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

  it('one sigmoid or softmax under another name', async () => {
    const named: TestNode = { opType: 'Identity', inputs: ['second'], output: 'named' }
    await compare(smallModel([mean, sigmoid, named]), two, async (native, onTfjs) => {
      expect(native.info).toMatchObject({ output: 'softmax', classNames: ['no', 'yes'] })
      await expectSame(native, onTfjs, bytesBatch(4))
      const plain = await openOnnx(smallModel([mean, sigmoid]), two)
      expect((await onTfjs.predict(bytesBatch(4))).logits).toEqual((await plain.predict(bytesBatch(4))).logits)
      plain.dispose()
    })
    const softmax = { opType: 'Softmax', inputs: ['dense'], output: 'softmax', attributes: { axis: 1 } }
    const twice = ['softmax', 'a'].map(
      (from, i): TestNode => ({ opType: 'Identity', inputs: [from], output: 'ab'[i]! }),
    )
    await compare(smallModel([softmax, ...twice]), small, async (native, onTfjs) => {
      await expectSame(native, onTfjs, bytesBatch(4))
      const plain = await openOnnx(smallModel([softmax]), small)
      expect((await onTfjs.predict(bytesBatch(4))).logits).toEqual((await plain.predict(bytesBatch(4))).logits)
      plain.dispose()
    })
  })

  it('a sigmoid for each class, whose values before it are logits where that is said', async () => {
    const each: TestNode = { opType: 'Sigmoid', inputs: ['dense'], output: 'several' }
    await compare(smallModel([each]), { ...small, output: 'logits' }, async (native, onTfjs) => {
      const plain = await openOnnx(smallModel(), small)
      expect((await onTfjs.predict(bytesBatch(2))).logits).toEqual((await plain.predict(bytesBatch(2))).logits)
      plain.dispose()
      await expectSame(native, onTfjs, bytesBatch(2))
    })
  })
})
