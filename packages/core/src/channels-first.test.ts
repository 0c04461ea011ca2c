import '@tensorflow/tfjs-backend-cpu'
import { loadGraphModel } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, number, text, texts, whole } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import type { ClassifierOptions } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

type Builder = ReturnType<typeof buildGraph>

/** How a converter writes maps with channels first. */
interface Form {
  readonly image: number[]
  /** An operation on maps, with lists of sizes for `[height, width]`. */
  map(g: Builder, op: string, name: string, inputs: string[], sizes: Record<string, number[]>, more?: object): string
  /** Axis of channels, height and width. */
  readonly axes: [number, number, number]
  /** A constant for each channel, which meets maps. */
  perChannel(g: Builder, name: string, channels: number): string
}

const pairs = (lists: Record<string, number[]>, arrange: (pair: number[]) => number[]) =>
  Object.fromEntries(Object.entries(lists).map(([name, pair]) => [name, ints(...arrange(pair))]))

const last: Form = {
  image: [-1, 8, 6, 3],
  axes: [3, 1, 2],
  map: (g, op, name, inputs, sizes, more = {}) =>
    g.op(op, name, inputs, {
      data_format: text('NHWC'),
      padding: text('VALID'),
      ...pairs(sizes, ([h, w]) => [1, h!, w!, 1]),
      ...more,
    }),
  perChannel: (g, name, channels) => shaped(g, g.weights(name, [channels]), [1, 1, 1, channels]),
}

/** Nodes of `data_format` NCHW. */
const first: Form = {
  image: [-1, 3, 8, 6],
  axes: [1, 2, 3],
  map: (g, op, name, inputs, sizes, more = {}) =>
    g.op(op, name, inputs, {
      data_format: text('NCHW'),
      padding: text('VALID'),
      ...pairs(sizes, ([h, w]) => [1, 1, h!, w!]),
      ...more,
    }),
  perChannel: (g, name, channels) => shaped(g, g.weights(name, [channels]), [1, channels, 1, 1]),
}

/** Nodes of `data_format` NHWC, each between two transpositions. */
const wrapped: Form = {
  ...first,
  map: (g, op, name, [x, ...others], sizes, more) => {
    g.op('Transpose', `${name}/in`, [x!, g.integers(`${name}/in/perm`, [0, 2, 3, 1])])
    last.map(g, op, `${name}/on_last`, [`${name}/in`, ...others], sizes, more)
    return g.op('Transpose', name, [`${name}/on_last`, g.integers(`${name}/perm`, [0, 3, 1, 2])])
  },
}

/** The last weight in another shape of the same size. */
function shaped(g: Builder, name: string, shape: number[]): string {
  g.weightSpecs.at(-1)!.shape = shape
  return name
}

/** Two branches with all that maps go through on their way, a squeeze and excitation, and a classifier: 8 × 6 RGB, 3 classes. */
function network({ image, map, axes, perChannel }: Form): Builder {
  const g = buildGraph()
  const [channels, height, width] = axes
  const one = { strides: [1, 1], dilations: [1, 1] }
  g.placeholder('x', image)
  g.op('Sub', 'prep/sub', ['x', perChannel(g, 'prep/mean', 3)])
  map(g, 'Conv2D', 'net/stem/Conv2D', ['prep/sub', g.weights('net/stem/kernel', [3, 3, 3, 4])], one, {
    padding: text('SAME'),
  })
  g.op('AddV2', 'net/stem/add', ['net/stem/Conv2D', perChannel(g, 'net/stem/bias', 4)])
  g.op('Relu', 'net/stem/Relu', ['net/stem/add'])
  const statistics = ['gamma', 'beta', 'mean'].map((name) => g.weights(`net/norm/${name}`, [4]))
  map(
    g,
    'FusedBatchNormV3',
    'net/norm',
    ['net/stem/Relu', ...statistics, g.positive('net/norm/variance', [4])],
    {},
    {
      epsilon: number(0.01),
      is_training: flag(false),
    },
  )
  const pads = [[0, 0], [0, 0], [0, 0], [0, 0]] // biome-ignore format: four pairs
  pads[height] = [1, 0]
  pads[width] = [0, 1]
  g.op('PadV2', 'net/pad', [
    'net/norm',
    shaped(g, g.integers('net/pads', pads.flat()), [4, 2]),
    g.weights('net/value', []),
  ])
  map(g, 'MaxPool', 'net/pool/MaxPool', ['net/pad'], { ksize: [2, 2], strides: [2, 1] })
  g.op('Split', 'net/split', [g.integers('net/split/axis', channels), 'net/pool/MaxPool'], { num_split: whole(2) })
  map(
    g,
    'FusedDepthwiseConv2dNative',
    'net/left/depthwise',
    ['net/split', g.weights('net/left/depthwise_kernel', [3, 3, 2, 1]), g.weights('net/left/bias', [2])],
    { strides: [1, 1], dilations: [1, 1] },
    { padding: text('SAME'), num_args: whole(1), fused_ops: texts('BiasAdd', 'Relu6') },
  )
  g.op('LeakyRelu', 'net/right/leaky', ['net/split:1'], { alpha: number(0.2) })
  g.op('ConcatV2', 'net/join/concat', [
    'net/left/depthwise',
    'net/right/leaky',
    g.integers('net/join/axis', channels - 4),
  ])
  g.op('Mean', 'net/squeeze/Mean', ['net/join/concat', g.integers('net/squeeze/axes', [height, width])], {
    keep_dims: flag(true),
  })
  map(g, 'Conv2D', 'net/excite/Conv2D', ['net/squeeze/Mean', g.weights('net/excite/kernel', [1, 1, 4, 4], 3)], one)
  g.op('Sigmoid', 'net/excite/Sigmoid', ['net/excite/Conv2D'])
  g.op('Mul', 'net/scale/mul', ['net/join/concat', 'net/excite/Sigmoid'])
  map(g, 'AvgPool', 'net/average/AvgPool', ['net/scale/mul'], { ksize: [2, 2], strides: [2, 2] })
  g.op('Mean', 'net/mean/Mean', ['net/average/AvgPool', g.integers('net/mean/axes', [height, width])], {
    keep_dims: flag(false),
  })
  g.op('MatMul', 'net/scores/MatMul', ['net/mean/Mean', g.weights('net/scores/kernel', [4, 3], 4)])
  return g
}

async function open(g: Builder, options: Partial<ClassifierOptions> = {}) {
  const { modelTopology, weightSpecs, weightData } = g.artifacts()
  const saved = { modelTopology, weightSpecs, weightData }
  const inMemory = { save: (handler: tf.io.IOHandler) => handler.save!(saved) }
  return await openGraphModel(inMemory, { preprocessing: 'none', ...options })
}

const pixels = (n = 2) => tf.randomUniform<tf.Rank.R4>([n, 8, 6, 3], 0, 1, 'float32', 7)

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

describe.each([
  ['data_format NCHW', first],
  ['transpositions around NHWC', wrapped],
])('a graph with channels first: %s', (_, form) => {
  it('has the layers, maps and logits of its twin with channels last', async () => {
    const [classifier, twin] = [await open(network(form)), await open(network(last))]
    expect(classifier.info.input).toEqual({ height: 8, width: 6, channels: 3 })
    const sizes = ({ info }: typeof twin) =>
      info.layers.map(({ kind, channels, height, width }) => [kind, channels, height, width])
    expect(sizes(classifier)).toEqual(sizes(twin))
    expect(classifier.info.lastConv).toBe('excite')
    const images = pixels()
    const all = (c: typeof twin) =>
      c.predict(
        images,
        c.info.layers.map(({ name }) => ({ layer: name, reduce: 'none' as const })),
      )
    const [got, wanted] = [await all(classifier), await all(twin)]
    expect(largestDifference(got.logits, wanted.logits)).toBeLessThan(1e-5)
    for (const [i, tap] of got.taps.entries()) {
      expect(tap.shape).toEqual(wanted.taps[i]!.shape)
      expect(largestDifference(tap.data as Float32Array, wanted.taps[i]!.data as Float32Array)).toBeLessThan(1e-5)
    }
    for (const owned of [images, classifier, twin]) owned.dispose()
  })

  it('turns nothing on its way', async () => {
    const classifier = await open(network(form))
    const images = pixels()
    const { kernels, result } = await tf.profile(() => classifier.differentiable!.logits(images))
    expect(kernels.map(({ name }) => name)).not.toContain('Transpose')
    for (const owned of [images, classifier, result as tf.Tensor]) owned.dispose()
  })

  it('has the gradients that differences have', async () => {
    const classifier = await open(network(form))
    const images = pixels(1)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    expect(slopeError(loss, images)).toBeLessThan(1e-2)
    for (const owned of [images, classifier]) owned.dispose()
  })
})

describe('beside TensorFlow.js, with transpositions around NHWC', () => {
  const stem = (g: Builder, shape = first.image) => {
    g.placeholder('x', shape)
    return wrapped.map(
      g,
      'Conv2D',
      'net/stem/Conv2D',
      ['x', g.weights('net/stem/kernel', [3, 3, 3, 4])],
      { strides: [1, 1], dilations: [1, 1] },
      { padding: text('SAME') },
    )
  }
  const dense = (g: Builder, y: string, inputs: number) =>
    g.op('MatMul', 'net/scores/MatMul', [y, g.weights('net/scores/kernel', [inputs, 3], 1)])
  const cases: Readonly<Record<string, (g: Builder) => void>> = {
    'flattened in the order of the file, its size asked for': (g) => {
      g.op('Shape', 'shape', [stem(g)])
      const slice = ['shape', g.integers('from', [0]), g.integers('to', [1]), g.integers('by', [1])]
      g.op('StridedSlice', 'n', slice, { shrink_axis_mask: whole(1) })
      g.op('Pack', 'sizes', ['n', g.integers('rest', 192)])
      dense(g, g.op('Reshape', 'net/flat', ['net/stem/Conv2D', 'sizes']), 192)
    },
    'exported for one image': (g) => {
      stem(g, [1, 3, 8, 6])
      dense(g, g.op('Reshape', 'net/flat', ['net/stem/Conv2D', g.integers('sizes', [1, 192])]), 192)
    },
    'its channels shuffled': (g) => {
      g.op('Reshape', 'groups', [stem(g), g.integers('apart', [-1, 2, 2, 8, 6])])
      g.op('Transpose', 'mixed', ['groups', g.integers('perm', [0, 2, 1, 3, 4])])
      g.op('Reshape', 'shuffled', ['mixed', g.integers('together', [-1, 4, 8, 6])])
      g.op('AddV2', 'net/both/add', ['shuffled', 'net/stem/Conv2D'])
      const filter = g.weights('net/next/kernel', [3, 3, 4, 2])
      wrapped.map(g, 'Conv2D', 'net/next/Conv2D', ['net/both/add', filter], { strides: [2, 2], dilations: [1, 1] })
      g.op('Max', 'net/max', ['net/next/Conv2D', g.integers('axes', [-1, -2])], { keep_dims: flag(false) })
      dense(g, 'net/max', 2)
    },
    'cut, turned around and squeezed': (g) => {
      g.op('Slice', 'cut', [stem(g), g.integers('begin', [0, 1, 2, 0]), g.integers('size', [-1, 3, 5, 6])])
      g.op('ReverseV2', 'turned', ['cut', g.integers('axis', [1])])
      g.op('GatherV2', 'some', ['turned', g.integers('which', [2, 0]), g.integers('along', 1)])
      g.op('Mean', 'net/mean', ['some', g.integers('axes', [2, 3])], { keep_dims: flag(true) })
      g.op('Squeeze', 'net/squeezed', ['net/mean'], { squeeze_dims: ints(2, 3) })
      dense(g, 'net/squeezed', 2)
    },
    'its maps turned by other ways than the image': (g) => {
      g.op('Transpose', 'turned', [stem(g), g.integers('perm', [0, 1, 3, 2])])
      g.op('Mul', 'net/mixed/mul', ['turned', g.weights('net/mixed/weights', [8])])
      g.op('Softmax', 'net/attention', ['net/mixed/mul'])
      g.op('Sum', 'net/sum', ['net/attention', g.integers('axes', [3])], { keep_dims: flag(false) })
      dense(g, g.op('Reshape', 'net/flat', ['net/sum', g.integers('sizes', [-1, 24])]), 24)
    },
  }

  it.each(Object.keys(cases))('%s', async (name) => {
    const g = buildGraph()
    cases[name]!(g)
    const model = await loadGraphModel({ load: async () => g.artifacts() })
    const classifier = await open(g)
    const images = pixels(name.includes('one image') ? 1 : 2)
    const { logits } = await classifier.predict(images)
    const expected = tf.tidy(() => (model.predict(tf.transpose(images, [0, 3, 1, 2])) as tf.Tensor).dataSync())
    expect(largestDifference(logits, expected)).toBeLessThan(1e-5)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    expect(slopeError(loss, images)).toBeLessThan(1e-2)
    for (const layer of classifier.info.layers.filter(({ kind }) => kind === 'conv' || kind === 'other'))
      expect(layer.height).toBeGreaterThan(1)
    for (const owned of [images, model, classifier]) owned.dispose()
  })
})

describe('which axis of the image holds the channels', () => {
  const opened = async (form: Form, shape: number[], options: Partial<ClassifierOptions> = {}) => {
    const g = network({ ...form, image: shape })
    const { info, dispose } = await open(g, options)
    dispose()
    return info.input
  }

  it('is asked of the convolutions, where the shape does not tell', async () => {
    const input = { height: 8, width: 6, channels: 3 }
    for (const form of [first, wrapped, last]) expect(await opened(form, [-1, -1, -1, -1], { input })).toEqual(input)
    expect(await opened(first, [-1, 3, 3, 3])).toEqual({ height: 3, width: 3, channels: 3 })
  })

  it('counts where sizes that do not fit are told', async () => {
    const options = { input: { height: 9, width: 6, channels: 3 } }
    await expect(opened(first, first.image, options)).rejects.toThrow(/is \[n, 3, 8, 6\], which the given 9 × 6 × 3/)
    await expect(opened(wrapped, [-1, 3, -1, -1])).rejects.toThrow(/leaves its input size open, \[n, 3, \?, \?\]/)
  })
})

it('an image of whole bytes with channels first is scaled inside', async () => {
  const g = buildGraph()
  g.placeholder('x', first.image)
  g.node[0]!.attr.dtype = { type: 'DT_UINT8' }
  g.op('Cast', 'net/cast', ['x'], { SrcT: { type: 'DT_UINT8' }, DstT: { type: 'DT_FLOAT' } })
  g.op('Div', 'net/scaled', ['net/cast', shaped(g, g.positive('net/scale', [3]), [1, 3, 1, 1])])
  g.op('Transpose', 'net/last', ['net/scaled', g.integers('perm', [0, 2, 3, 1])])
  g.op('ResizeBilinear', 'net/resized', ['net/last', g.integers('size', [4, 4])], { half_pixel_centers: flag(true) })
  const one = { strides: [1, 1], dilations: [1, 1] }
  last.map(g, 'Conv2D', 'net/conv/Conv2D', ['net/resized', g.weights('net/conv/kernel', [3, 3, 3, 3])], one)
  g.op('Mean', 'net/mean/Mean', ['net/conv/Conv2D', g.integers('axes', [1, 2])], { keep_dims: flag(false) })
  const model = await loadGraphModel({ load: async () => g.artifacts() })
  const classifier = await open(g, { preprocessing: { scale: 255 } })
  expect(classifier.info.layers[0]).toEqual({ name: 'conv', kind: 'conv', channels: 3, height: 2, width: 2 })
  const whole = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 256, 'int32', 7)
  const images = tf.div<tf.Tensor4D>(whole, 255)
  const expected = tf.tidy(() => (model.predict(tf.transpose(whole, [0, 3, 1, 2])) as tf.Tensor).dataSync())
  expect(largestDifference((await classifier.predict(images)).logits, expected)).toBeLessThan(1e-3)
  for (const owned of [whole, images, model, classifier]) owned.dispose()
})
