import type * as tf from '@tensorflow/tfjs-core'

type Attribute = Readonly<Record<string, unknown>>

export const ints = (...values: number[]): Attribute => ({ list: { i: values.map(String) } })
export const texts = (...values: string[]): Attribute => ({ list: { s: values.map(btoa) } })
export const text = (value: string): Attribute => ({ s: btoa(value) })
export const number = (value: number): Attribute => ({ f: value })
export const flag = (value: boolean): Attribute => ({ b: value })
export const whole = (value: number): Attribute => ({ i: String(value) })

/** Writes what `tensorflowjs_converter` writes: a graph in JSON with its weights. Weights come from a fixed sequence. */
export function buildGraph() {
  const node: { name: string; op: string; input: string[]; attr: Record<string, Attribute> }[] = []
  const weightSpecs: tf.io.WeightsManifestEntry[] = []
  const values: (Float32Array | Int32Array)[] = []
  let seed = 1
  const random = (): number => {
    seed = (seed * 16807) % 2147483647
    return seed / 2147483647 - 0.5
  }
  const put = (name: string, shape: number[], dtype: 'float32' | 'int32', data: Float32Array | Int32Array): string => {
    weightSpecs.push({ name, shape, dtype })
    values.push(data)
    node.push({
      name,
      op: 'Const',
      input: [],
      attr: { dtype: { type: dtype === 'float32' ? 'DT_FLOAT' : 'DT_INT32' } },
    })
    return name
  }
  return {
    node,
    weightSpecs,
    placeholder(name: string, shape: readonly number[]): string {
      const dim = shape.map((size) => ({ size: String(size) }))
      node.push({
        name,
        op: 'Placeholder',
        input: [],
        attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } },
      })
      return name
    },
    weights(name: string, shape: number[], scale = 1): string {
      const size = shape.reduce((a, b) => a * b, 1)
      return put(
        name,
        shape,
        'float32',
        Float32Array.from({ length: size }, () => random() * scale),
      )
    },
    positive(name: string, shape: number[]): string {
      const size = shape.reduce((a, b) => a * b, 1)
      return put(
        name,
        shape,
        'float32',
        Float32Array.from({ length: size }, () => random() + 1),
      )
    },
    integers(name: string, data: number | number[]): string {
      const list = typeof data === 'number' ? [data] : data
      return put(name, typeof data === 'number' ? [] : [list.length], 'int32', Int32Array.from(list))
    },
    op(op: string, name: string, input: string[], attr: Record<string, Attribute> = {}): string {
      node.push({ name, op, input, attr })
      return name
    },
    artifacts() {
      const weightData = new Uint8Array(values.reduce((sum, { byteLength }) => sum + byteLength, 0))
      let offset = 0
      for (const part of values) {
        weightData.set(new Uint8Array(part.buffer), offset)
        offset += part.byteLength
      }
      return {
        format: 'graph-model',
        modelTopology: { node, versions: {} },
        weightSpecs,
        weightData: weightData.buffer,
      }
    },
  }
}

type Builder = ReturnType<typeof buildGraph>

const common = { dilations: ints(1, 1, 1, 1), data_format: text('NHWC') }
const same = { ...common, strides: ints(1, 1, 1, 1), padding: text('SAME') }
const half = { ...common, strides: ints(1, 2, 2, 1), padding: text('VALID') }

/** A small network like MobileNet v2, as the converter merges it: 8 × 8 RGB, 3 classes, softmax. */
export function mobileNet(batch = -1): Builder {
  const g = buildGraph()
  const root = 'StatefulPartitionedCall/mobilenet'
  g.placeholder('x', [batch, 8, 8, 3])
  const bias = (name: string, size: number) => g.weights(`${root}/${name}_bn_offset`, [size])
  g.op(
    '_FusedConv2D',
    `${root}/Conv1_relu/Relu6`,
    ['x', g.weights(`${root}/Conv1/Conv2D_weights`, [3, 3, 3, 4]), bias('Conv1/Conv2D', 4)],
    { ...same, num_args: whole(1), fused_ops: texts('BiasAdd', 'Relu6') },
  )
  g.op('Pad', `${root}/pad/Pad`, [
    `${root}/Conv1_relu/Relu6`,
    g.integers(`${root}/pad/Pad/paddings`, [0, 0, 0, 1, 0, 1, 0, 0]),
  ])
  g.weightSpecs.at(-1)!.shape = [4, 2]
  g.op(
    'FusedDepthwiseConv2dNative',
    `${root}/dw_relu/Relu6`,
    [`${root}/pad/Pad`, g.weights(`${root}/dw/depthwise_weights`, [3, 3, 4, 1], 2), bias('dw/depthwise', 4)],
    { ...half, num_args: whole(1), fused_ops: texts('BiasAdd', 'Relu6') },
  )
  g.op(
    '_FusedConv2D',
    `${root}/project_BN/FusedBatchNormV3`,
    [`${root}/dw_relu/Relu6`, g.weights(`${root}/project/Conv2D_weights`, [1, 1, 4, 6], 2), bias('project/Conv2D', 6)],
    { ...same, num_args: whole(1), fused_ops: texts('BiasAdd') },
  )
  g.op(
    'DepthwiseConv2dNative',
    `${root}/dw2/depthwise`,
    [`${root}/project_BN/FusedBatchNormV3`, g.weights(`${root}/dw2/depthwise/ReadVariableOp`, [3, 3, 6, 1], 2)],
    same,
  )
  g.op('AddV2', `${root}/block_add/add`, [`${root}/dw2/depthwise`, `${root}/project_BN/FusedBatchNormV3`])
  g.op(
    'Mean',
    `${root}/global_pool/Mean`,
    [`${root}/block_add/add`, g.integers(`${root}/global_pool/Mean/axes`, [1, 2])],
    { keep_dims: flag(false) },
  )
  g.op(
    '_FusedMatMul',
    `${root}/predictions/BiasAdd`,
    [
      `${root}/global_pool/Mean`,
      g.weights(`${root}/predictions/MatMul/ReadVariableOp`, [6, 3], 2),
      g.weights(`${root}/predictions/BiasAdd/ReadVariableOp`, [3]),
    ],
    { num_args: whole(1), fused_ops: texts('BiasAdd') },
  )
  g.op('Softmax', `${root}/predictions/Softmax`, [`${root}/predictions/BiasAdd`])
  g.op('Identity', 'Identity', [`${root}/predictions/Softmax`])
  return g
}

/** Branches, batch normalisation, pools and a flattening that asks for the number of images: 9 × 7 grayscale, 3 classes, logits. */
export function branches(): Builder {
  const g = buildGraph()
  g.placeholder('image', [-1, 9, 7, 1])
  g.op('Conv2D', 'net/stem/Conv2D', ['image', g.weights('net/stem/Conv2D/ReadVariableOp', [3, 3, 1, 4], 2)], {
    ...common,
    strides: ints(1, 1, 1, 1),
    padding: text('EXPLICIT'),
    explicit_paddings: ints(0, 0, 1, 1, 0, 1, 0, 0),
  })
  g.op(
    'FusedBatchNormV3',
    'net/bn/FusedBatchNormV3',
    [
      'net/stem/Conv2D',
      g.positive('net/bn/gamma', [4]),
      g.weights('net/bn/beta', [4]),
      g.weights('net/bn/mean', [4]),
      g.positive('net/bn/variance', [4]),
    ],
    { epsilon: number(0.01), is_training: flag(false) },
  )
  g.op('Relu', 'net/relu/Relu', ['net/bn/FusedBatchNormV3'])
  const window = { ksize: ints(1, 2, 2, 1), strides: ints(1, 2, 2, 1), padding: text('SAME') }
  g.op('MaxPool', 'net/left/MaxPool', ['net/relu/Relu:0'], window)
  g.op('AvgPool', 'net/right/AvgPool', ['net/relu/Relu', '^net/left/MaxPool'], window)
  g.op('ConcatV2', 'net/joined/concat', ['net/left/MaxPool', 'net/right/AvgPool', g.integers('net/joined/axis', -1)])
  g.op('Split', 'net/split', [g.integers('net/split/axis', 3), 'net/joined/concat'], { num_split: whole(2) })
  g.op('LeakyRelu', 'net/leaky', ['net/split:1'], { alpha: number(0.3) })
  g.op('Mul', 'net/mixed/mul', ['net/split', 'net/leaky'])
  g.op('Shape', 'net/flatten/Shape', ['net/mixed/mul'])
  g.op(
    'StridedSlice',
    'net/flatten/strided_slice',
    [
      'net/flatten/Shape',
      g.integers('net/flatten/begin', [0]),
      g.integers('net/flatten/end', [1]),
      g.integers('net/flatten/step', [1]),
    ],
    { shrink_axis_mask: whole(1) },
  )
  g.op('Pack', 'net/flatten/shape', ['net/flatten/strided_slice', g.integers('net/flatten/rest', 60)])
  g.op('Reshape', 'net/flatten/Reshape', ['net/mixed/mul', 'net/flatten/shape'])
  g.op('MatMul', 'net/dense/MatMul', ['net/flatten/Reshape', g.weights('net/dense/MatMul/ReadVariableOp', [60, 3])])
  // A bias that is computed from constants.
  g.op('Neg', 'net/dense/negated', [g.weights('net/dense/bias', [3])])
  g.op('BiasAdd', 'net/dense/BiasAdd', ['net/dense/MatMul', 'net/dense/negated'])
  return g
}
