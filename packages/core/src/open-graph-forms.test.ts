import '@tensorflow/tfjs-backend-cpu'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, text } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import type { ClassifierOptions } from './layers.js'

type Builder = ReturnType<typeof buildGraph>

const plain = {
  data_format: text('NHWC'),
  dilations: ints(1, 1, 1, 1),
  padding: text('VALID'),
  strides: ints(1, 1, 1, 1),
}

async function open(g: Builder, options: Partial<ClassifierOptions> = {}) {
  const model = await loadGraphModel({ load: async () => g.artifacts() })
  try {
    return await openGraphModel(model, { preprocessing: 'none', ...options })
  } finally {
    model.dispose()
  }
}

/** Mean over the map and a dense layer, under a name that TensorFlow would give. */
function head(g: Builder, y: string, channels: number): void {
  g.op('Mean', 'net/mean/Mean', [y, g.integers('net/mean/axes', [1, 2])], { keep_dims: flag(false) })
  g.op('MatMul', 'net/scores/MatMul', ['net/mean/Mean', g.weights('net/scores/MatMul/ReadVariableOp', [channels, 3])])
}

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe('branches of training', () => {
  /** What Keras wrote for a normalisation: a branch for training and one for inference. */
  const switched = (condition: (g: Builder) => string) => {
    const g = buildGraph()
    g.placeholder('x', [-1, 3, 3, 2])
    const phase = condition(g)
    g.op('Switch', 'net/bn/Switch', ['x', phase])
    g.op('Mean', 'net/bn/moment', ['net/bn/Switch:1', g.integers('axes', [0, 1, 2])], { keep_dims: flag(true) })
    g.op('Sub', 'net/bn/training', ['net/bn/Switch:1', 'net/bn/moment'])
    g.op('Mul', 'net/bn/inference', ['net/bn/Switch', g.weights('net/bn/scale', [2])])
    g.op('Merge', 'net/bn/Merge', ['net/bn/inference', 'net/bn/training'])
    head(g, 'net/bn/Merge', 2)
    return g
  }
  const direct = () => {
    const g = buildGraph()
    g.placeholder('x', [-1, 3, 3, 2])
    g.op('Mul', 'net/bn/inference', ['x', g.weights('net/bn/scale', [2])])
    head(g, 'net/bn/inference', 2)
    return g
  }

  it.each<[string, (g: Builder) => string]>([
    ['by a default', (g) => g.op('PlaceholderWithDefault', 'keras_learning_phase', [g.integers('phase', 0)])],
    [
      'by a condition that nobody gives',
      (g) => g.op('Placeholder', 'keras_learning_phase', [], { dtype: { type: 'DT_BOOL' } }),
    ],
  ])('are left out: %s', async (_, condition) => {
    const [classifier, expected] = [await open(switched(condition)), await open(direct())]
    const images = tf.randomUniform<tf.Rank.R4>([2, 3, 3, 2], 0, 1, 'float32', 7)
    expect((await classifier.predict(images)).logits).toEqual((await expected.predict(images)).logits)
    for (const owned of [images, classifier, expected]) owned.dispose()
  })

  it('cannot depend on the image', async () => {
    const bright = (g: Builder) => {
      g.op('Max', 'brightest', ['x', g.integers('all', [0, 1, 2, 3])])
      return g.op('Greater', 'bright', ['brightest', g.weights('limit', [])])
    }
    await expect(open(switched(bright))).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(/Switch "net\/bn\/Switch": its condition is computed from the image/),
    })
  })
})

it('a loop is told as such', async () => {
  const g = buildGraph()
  g.placeholder('x', [-1, 3, 3, 2])
  g.op('Merge', 'while/Merge', ['x', 'while/NextIteration'])
  g.op('Tanh', 'while/body', ['while/Merge'])
  g.op('NextIteration', 'while/NextIteration', ['while/body'])
  head(g, 'while/body', 2)
  const { modelTopology, weightSpecs, weightData } = g.artifacts()
  const saved = { modelTopology, weightSpecs, weightData }
  const inMemory = { save: (handler: tf.io.IOHandler) => handler.save!(saved) }
  await expect(openGraphModel(inMemory, { preprocessing: 'none' })).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(/NextIteration "while\/NextIteration": loops are not supported/),
  })
})

it.each(['DT_INT32', 'DT_UINT8'])('an image of whole numbers, %s, is taken with fractions', async (type) => {
  const g = buildGraph()
  g.placeholder('x', [-1, 3, 3, 2])
  g.node[0]!.attr.dtype = { type }
  g.op('Cast', 'net/cast', ['x'], { SrcT: { type }, DstT: { type: 'DT_FLOAT' } })
  head(g, 'net/cast', 2)
  const classifier = await open(g, { preprocessing: { scale: 255 } })
  const model = await loadGraphModel({ load: async () => g.artifacts() })
  const whole = tf.randomUniform<tf.Rank.R4>([2, 3, 3, 2], 0, 256, 'int32', 7)
  const images = tf.div<tf.Tensor4D>(whole, 255)
  const expected = tf.tidy(() => (model.predict(whole) as tf.Tensor).dataSync())
  expect(largestDifference((await classifier.predict(images)).logits, expected)).toBeLessThan(1e-3)
  tf.tidy(() => {
    const slope = tf.grad((x) => tf.sum(classifier.differentiable!.logits(x as tf.Tensor4D)))(images)
    expect(tf.norm(slope).dataSync()[0]).toBeGreaterThan(1)
  })
  for (const owned of [whole, images, model, classifier]) owned.dispose()
})

describe('dilated convolutions', () => {
  const dilated = (between: boolean) => {
    const g = buildGraph()
    g.placeholder('x', [-1, 6, 6, 2])
    g.integers('block', [2, 2])
    g.integers('pads', [2, 2, 2, 2])
    g.integers('crops', [0, 0, 0, 0])
    for (const spec of g.weightSpecs.slice(-2)) spec.shape = [2, 2]
    g.op('SpaceToBatchND', 'net/conv/SpaceToBatchND', ['x', 'block', 'pads'])
    const weights = g.weights('net/conv/Conv2D/ReadVariableOp', [3, 3, 2, 4])
    g.op('Conv2D', 'net/conv/Conv2D', ['net/conv/SpaceToBatchND', weights], plain)
    if (between) g.op('Relu', 'net/conv/Relu', ['net/conv/Conv2D'])
    g.op('BatchToSpaceND', 'net/conv', [between ? 'net/conv/Relu' : 'net/conv/Conv2D', 'block', 'crops'])
    head(g, 'net/conv', 4)
    return g
  }

  it('are layers with the map of the whole image', async () => {
    const classifier = await open(dilated(false))
    expect(classifier.info.layers[0]).toEqual({ name: 'conv', kind: 'conv', channels: 4, height: 6, width: 6 })
    const images = tf.randomUniform<tf.Rank.R4>([2, 6, 6, 2], 0, 1, 'float32', 7)
    const { taps } = await classifier.predict(images, [{ layer: 'conv', reduce: 'none' }])
    expect(taps[0]!.shape).toEqual([2, 6, 6, 4])
    for (const owned of [images, classifier]) owned.dispose()
  })

  it('whose parts cannot be joined are no layers', async () => {
    const classifier = await open(dilated(true))
    expect(classifier.info.layers.map(({ name }) => name)).toEqual(['mean', 'scores'])
    classifier.dispose()
  })
})

it('names leave out calls, the optimiser, and weights that it renamed', async () => {
  const g = buildGraph()
  const root = 'StatefulPartitionedCall/model/StatefulPartitionedCall_1/base'
  g.placeholder('x', [-1, 4, 4, 2])
  g.op('Conv2D', `${root}/stem/Relu`, ['x', g.weights(`${root}/stem/convolution/merged_input`, [1, 1, 2, 2])], plain)
  const depthwise = g.weights(`${root}/dw/depthwise_kernel`, [3, 3, 2, 1])
  g.op('DepthwiseConv2dNative', `${root}/dw/Relu6`, [`${root}/stem/Relu`, depthwise], {
    ...plain,
    padding: text('SAME'),
  })
  const sum = `${root}/block/ArithmeticOptimizer/AddOpsRewrite_Leaf_1_add`
  g.op('AddV2', sum, [`${root}/stem/Relu`, `${root}/dw/Relu6`])
  g.op('Mean', `${root}/mean/Mean`, [sum, g.integers('axes', [1, 2])], { keep_dims: flag(false) })
  const scores = g.weights('Func/StatefulPartitionedCall/input/_12', [2, 3])
  g.op('MatMul', 'StatefulPartitionedCall/model/scores/MatMul', [`${root}/mean/Mean`, scores])
  const { info, dispose } = await open(g)
  expect(info.layers.map(({ name }) => name)).toEqual(['base.stem', 'base.dw', 'base.block', 'base.mean', 'scores'])
  dispose()
})
