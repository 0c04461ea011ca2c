import '@tensorflow/tfjs-backend-cpu'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, number, text } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import { slopeError } from './slope-error.test.data.js'

type Builder = ReturnType<typeof buildGraph>

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

const dense = (g: Builder, from: string) => g.op('MatMul', 'dense', [from, g.weights('w', [4, 2])])
const expand = (g: Builder, from: string) => g.op('ExpandDims', 'e', [from, g.integers('zero', 0)])
const squeeze = (g: Builder, from: string, ...axes: number[]) =>
  g.op('Squeeze', 's', [from], { squeeze_dims: ints(...axes) })

/** A convolution and a pool, and a dense layer behind other ways to it; for so many images. */
async function open(batch: number, way: (g: Builder, pool: string) => string) {
  const g = buildGraph()
  g.placeholder('x', [batch, 5, 6, 3])
  g.op('Conv2D', 'conv', ['x', g.weights('filters', [3, 3, 3, 4])], {
    strides: ints(1, 1, 1, 1),
    padding: text('SAME'),
    data_format: text('NHWC'),
  })
  g.op('LeakyRelu', 'relu', ['conv'], { alpha: number(0.2) })
  g.op('Mean', 'pool', ['relu', g.integers('axes', [1, 2])], { keep_dims: flag(true) })
  way(g, 'pool')
  const model = await loadGraphModel({ load: async () => g.artifacts() as tf.io.ModelArtifacts })
  const classifier = await openGraphModel(model, { preprocessing: 'none' })
  model.dispose()
  return classifier
}

describe('a graph for one image that drops their axis takes any number', () => {
  it.each<[string, (g: Builder, pool: string) => string]>([
    ['squeezed and expanded', (g, pool) => dense(g, expand(g, squeeze(g, pool, 0, 1, 2)))],
    [
      'squeezed and in another shape',
      (g, pool) => dense(g, g.op('Reshape', 'r', [squeeze(g, pool, 0, 1, 2), g.integers('rows', [1, 4])])),
    ],
    [
      'squeezed and in a shape to infer',
      (g, pool) => dense(g, g.op('Reshape', 'r', [squeeze(g, pool, 0, 1, 2), g.integers('rows', [1, -1])])),
    ],
    ['in one axis', (g, pool) => dense(g, expand(g, g.op('Reshape', 'r', [pool, g.integers('row', [4])])))],
    ['squeezed at the end', (g, pool) => g.op('Squeeze', 'end', [dense(g, squeeze(g, pool, 1, 2))], { axis: ints(0) })],
  ])('%s', async (_, way) => {
    const [one, twin] = [await open(1, way), await open(-1, (g, pool) => dense(g, squeeze(g, pool, 1, 2)))]
    const images = tf.randomUniform<tf.Rank.R4>([3, 5, 6, 3], 0, 1, 'float32', 3)
    const taps = [
      { layer: 'conv', reduce: 'none' },
      { layer: 'pool', reduce: 'none' },
    ] as const
    const [found, expected] = [await one.predict(images, taps), await twin.predict(images, taps)]
    expect(largestDifference(found.logits, expected.logits)).toBeLessThan(1e-6)
    for (const [i, { shape, data }] of expected.taps.entries()) {
      expect(found.taps[i]!.shape).toEqual(shape)
      expect(largestDifference(found.taps[i]!.data, data)).toBeLessThan(1e-6)
    }
    const { logits, activation, logitsFrom } = one.differentiable!
    expect(slopeError((x) => tf.sum(tf.square(logits(x as tf.Tensor4D))), images)).toBeLessThan(1e-2)
    const again = tf.tidy(() => logitsFrom(images, 'conv', activation(images, 'conv')).dataSync())
    expect(largestDifference(again, expected.logits)).toBeLessThan(1e-6)
    for (const owned of [images, one, twin]) owned.dispose()
  })
})
