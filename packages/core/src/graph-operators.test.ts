import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { loadGraphModel, registerOp } from '@tensorflow/tfjs-converter'
import * as tf from '@tensorflow/tfjs-core'
import { describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { buildGraph, flag, ints, number, text, texts, whole } from './graph/graph-builder.test.data.js'
import { openGraphModel } from './graph.js'
import { slopeError } from './slope-error.test.data.js'

type Builder = ReturnType<typeof buildGraph>
type Attributes = NonNullable<Parameters<Builder['op']>[3]>

const plain: Attributes = {
  data_format: text('NHWC'),
  dilations: ints(1, 1, 1, 1),
  padding: text('VALID'),
  strides: ints(1, 1, 1, 1),
}

/** Values of more than one axis, row by row. */
function table(g: Builder, name: string, rows: number[][]): string {
  g.integers(name, rows.flat())
  g.weightSpecs.at(-1)!.shape = [rows.length, rows[0]!.length]
  return name
}

/** Dilation as TensorFlow writes it. */
function dilated(g: Builder, op: string, filter: number[], attributes: Attributes = {}, bias = false): string {
  g.op('SpaceToBatchND', 'net/a/SpaceToBatchND', [
    'x',
    g.integers('b', [2, 2]),
    table(g, 'p', [
      [2, 3],
      [2, 2],
    ]),
  ])
  const inputs = ['net/a/SpaceToBatchND', g.weights('net/a/kernel', filter, 2)]
  if (bias) inputs.push(g.weights('net/a/bias', [filter[3]!]))
  g.op(op, `net/a/${op}`, inputs, { ...plain, ...attributes })
  return g.op('BatchToSpaceND', 'net/a', [
    `net/a/${op}`,
    'b',
    table(g, 'c', [
      [0, 1],
      [0, 0],
    ]),
  ])
}

const mirror = (mode: string) => (g: Builder) =>
  g.op(
    'MirrorPad',
    'y',
    [
      'x',
      table(g, 'p', [
        [0, 0],
        [2, 1],
        [1, 3],
        [0, 0],
      ]),
    ],
    { mode: text(mode) },
  )

const stridedSlice = (begin: number[], end: number[], strides: number[], masks: Attributes) => (g: Builder) =>
  g.op('StridedSlice', 'y', ['x', g.integers('b', begin), g.integers('e', end), g.integers('s', strides)], masks)

const resize = (op: string, size: number[], corners: boolean, half: boolean) => (g: Builder) =>
  g.op(op, 'y', ['x', g.integers('size', size)], { align_corners: flag(corners), half_pixel_centers: flag(half) })

const resizes = ['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
  [
    [14, 12],
    [3, 4],
  ].flatMap((size) =>
    [
      [false, false],
      [true, false],
      [false, true],
    ].map(([corners, half]): [string, (g: Builder) => string] => [
      `${op} to ${size}${corners ? ', corners' : half ? ', half' : ''}`,
      resize(op, size, corners!, half!),
    ]),
  ),
)

/** Functions of angles and their inverses, of values between 0 and 0.8, or their reciprocals. */
const angles = ['Tan', 'Sinh', 'Cosh', 'Asin', 'Acos', 'Atan', 'Asinh', 'Acosh', 'Atanh'].map(
  (op): [string, (g: Builder) => string] => [
    op,
    (g) => {
      const inside = g.op('Tanh', 'inside', [g.op('Sigmoid', 'positive', ['x'])])
      return g.op(op, 'y', [op === 'Acosh' ? g.op('Reciprocal', 'outside', [inside]) : inside])
    },
  ],
)

/** Each from `x` `[n, 7, 6, 4]` to a map. */
const operators: Record<string, (g: Builder) => string> = {
  'dilated convolution': (g) => dilated(g, 'Conv2D', [3, 3, 4, 5]),
  'dilated convolution, merged': (g) =>
    dilated(g, '_FusedConv2D', [3, 3, 4, 5], { num_args: whole(1), fused_ops: texts('BiasAdd', 'Relu') }, true),
  'dilated depthwise convolution': (g) => dilated(g, 'DepthwiseConv2dNative', [3, 3, 4, 1]),
  'a batch of blocks that stays one': (g) => {
    g.op('SpaceToBatchND', 'a', [
      'x',
      g.integers('b', [1, 2]),
      table(g, 'p', [
        [0, 0],
        [0, 0],
      ]),
    ])
    g.op('Relu', 'r', ['a'])
    return g.op('BatchToSpaceND', 'y', [
      'r',
      'b',
      table(g, 'c', [
        [1, 0],
        [0, 2],
      ]),
    ])
  },
  'mirrored border': mirror('REFLECT'),
  'mirrored border with its edge': mirror('SYMMETRIC'),
  'space to depth': (g) => {
    g.op('Pad', 'even', [
      'x',
      table(g, 'p', [
        [0, 0],
        [0, 1],
        [0, 0],
        [0, 0],
      ]),
    ])
    return g.op('SpaceToDepth', 'y', ['even'], { block_size: whole(2) })
  },
  'BGR to RGB': stridedSlice([0, 0], [0, 0], [1, -1], {
    begin_mask: whole(2),
    end_mask: whole(2),
    ellipsis_mask: whole(1),
  }),
  'every second pixel': stridedSlice([0, 1, 0, 0], [0, 7, 0, 0], [1, 2, 3, 1], {
    begin_mask: whole(13),
    end_mask: whole(13),
  }),
  reverse: (g) => g.op('ReverseV2', 'y', ['x', g.integers('axes', [1, 3])]),
  select: (g) => {
    g.op('Greater', 'bright', ['x', g.weights('limit', [4])])
    g.op('LogicalNot', 'dark', ['bright'])
    g.op('LogicalAnd', 'never', ['bright', 'dark'])
    g.op('LogicalOr', 'is', ['bright', 'never'])
    g.op('Square', 'squared', ['x'])
    return g.op('SelectV2', 'y', ['is', 'squared', 'x'])
  },
  'gelu by its error function': (g) => {
    g.op('Erf', 'erf', ['x'])
    return g.op('Mul', 'y', ['erf', 'x'])
  },
  'einsum, a dense layer': (g) =>
    g.op('Einsum', 'y', ['x', g.weights('net/dense/kernel', [4, 2, 3], 2)], { equation: text('nhwc,cij->nhwij') }),
  'einsum, attention': (g) => {
    g.op('Tanh', 'query', ['x'])
    return g.op('Einsum', 'y', ['query', 'query'], { equation: text('nhwc,nhvc->nhwv') })
  },
  'squeeze and excitation': (g) => {
    const excite = { fused_ops: texts('BiasAdd', 'Sigmoid'), num_args: whole(1), ...plain }
    g.op('Mean', 'mean', ['x', g.integers('axes', [1, 2])], { keep_dims: flag(true) })
    g.op('_FusedConv2D', 'scale', ['mean', g.weights('w', [1, 1, 4, 4], 3), g.weights('bias', [4])], excite)
    return g.op('Mul', 'y', ['x', 'scale'])
  },
  'layer normalisation': (g) => {
    g.op('Mean', 'mean', ['x', g.integers('axes', [3])], { keep_dims: flag(true) })
    g.op('SquaredDifference', 'squares', ['x', 'mean'])
    g.op('Mean', 'variance', ['squares', 'axes'], { keep_dims: flag(true) })
    g.op('AddV2', 'sum', ['variance', g.positive('epsilon', [1])])
    g.op('Rsqrt', 'inverse', ['sum'])
    g.op('Sub', 'centred', ['x', 'mean'])
    return g.op('Mul', 'y', ['centred', 'inverse'])
  },
  'transposed convolution': (g) =>
    g.op('Conv2DBackpropInput', 'y', [g.integers('shape', [1, 14, 12, 3]), g.weights('w', [3, 3, 3, 4], 2), 'x'], {
      ...plain,
      padding: text('SAME'),
      strides: ints(1, 2, 2, 1),
    }),
  'padded average': (g) =>
    g.op('AvgPool', 'y', ['x'], { ksize: ints(1, 3, 3, 1), strides: ints(1, 2, 2, 1), padding: text('SAME') }),
  'convolution with a leaky function': (g) =>
    g.op('_FusedConv2D', 'y', ['x', g.weights('w', [3, 3, 4, 5], 2), g.weights('bias', [5])], {
      ...plain,
      fused_ops: texts('BiasAdd', 'LeakyRelu'),
      leakyrelu_alpha: number(0.3),
      num_args: whole(1),
    }),
  'concatenation with the axis first': (g) => {
    g.op('Relu', 'r', ['x'])
    return g.op('Concat', 'y', [g.integers('axis', 3), 'x', 'r'], { N: whole(2) })
  },
  ...Object.fromEntries([...resizes, ...angles]),
}

// The converter's own executor has no such operation.
registerOp('SpaceToDepth', ({ inputs: [x] }) => {
  const [n, height, width, channels] = x!.shape as [number, number, number, number]
  const pixels = tf.split(x!, height, 1).map((row) => tf.split(row, width, 2))
  const rows = Array.from({ length: height / 2 }, (_, i) =>
    tf.concat(
      Array.from({ length: width / 2 }, (_, j) =>
        tf.concat(
          [
            pixels[2 * i]![2 * j]!,
            pixels[2 * i]![2 * j + 1]!,
            pixels[2 * i + 1]![2 * j]!,
            pixels[2 * i + 1]![2 * j + 1]!,
          ],
          3,
        ),
      ),
      2,
    ),
  )
  return tf.reshape(tf.concat(rows, 1), [n, height / 2, width / 2, 4 * channels])
})

/** All places of the map count as scores. */
function network(operator: (g: Builder) => string): Builder {
  const g = buildGraph()
  g.placeholder('image', [-1, 7, 6, 4])
  g.op('Conv2D', 'x', ['image', g.weights('net/stem/kernel', [1, 1, 4, 4], 2)], plain)
  g.op('Reshape', 'scores', [operator(g), g.integers('net/row', [1, -1])])
  return g
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  it.each(Object.entries(operators))('%s: forward as tfjs, gradient as differences', async (_, operator) => {
    // Not every backend of tfjs has all of them.
    await tf.setBackend('cpu')
    const before = tf.memory().numTensors
    const model = await loadGraphModel({ load: async () => network(operator).artifacts() })
    const classifier = await openGraphModel(model, { preprocessing: 'none' })
    const image = tf.randomNormal<tf.Rank.R4>([1, 7, 6, 4], 0, 1, 'float32', 5)
    const expected = tf.tidy(() => (model.predict(image) as tf.Tensor).dataSync())
    await tf.setBackend(backend)
    const { logits } = await classifier.predict(image)
    expect(largestDifference(logits, expected)).toBeLessThan(1e-5)
    const error = slopeError((x) => {
      const scores = classifier.differentiable!.logits(x as tf.Tensor4D)
      return tf.sum(tf.mul(scores, tf.randomNormal(scores.shape, 0, 1, 'float32', 9)))
    }, image)
    expect(error).toBeLessThan(0.02)
    for (const owned of [image, model, classifier]) owned.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
