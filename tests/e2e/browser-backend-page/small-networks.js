// Small networks of the three families, each written in the three formats with the same weights: whatever the format, the numbers are the same.
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { openGraphModel } from '@vatun/core/graph'
import { openLayersModel } from '@vatun/core/layers'
import { openOnnx } from '@vatun/onnx'
import { writeModel } from '../../../packages/onnx/src/native/write-model.test.data.ts'

/** Of the images for them: not square, and halved to odd sizes. */
export const smallSize = { n: 2, height: 12, width: 10, channels: 3 }
const classes = 5

const networks = {
  /** Convolutions and pools. */
  vgg: (n) => {
    const first = n.relu(n.conv('conv2', n.relu(n.conv('conv1', n.input(), 8)), 8))
    return n.dense('fc', n.mean(n.relu(n.conv('conv3', n.maxPool(first), 12))))
  },
  /** Batch normalisation, a residual block, a shortcut with a stride. */
  resnet: (n) => {
    const norm = (name, ...rest) => n.norm(`${name}.bn`, n.conv(name, ...rest))
    const stem = n.relu(norm('stem', n.input(), 8))
    const same = n.relu(n.add(norm('a2', n.relu(norm('a1', stem, 8)), 8), stem))
    const half = norm('b2', n.relu(norm('b1', same, 12, 2)), 12)
    return n.dense('fc', n.mean(n.relu(n.add(half, norm('short', same, 12, 2)))))
  },
  /** Depthwise convolutions with and without a stride, between pointwise ones. */
  mobilenet: (n) => {
    const separable = (name, x, filters, stride) => {
      const deep = n.relu6(n.norm(`${name}.dw.bn`, n.depthwise(`${name}.dw`, x, stride)))
      return n.norm(`${name}.bn`, n.conv(name, deep, filters, 1, 1))
    }
    const stem = n.relu6(n.norm('stem.bn', n.conv('stem', n.input(), 8)))
    const once = n.add(separable('s1', stem, 8, 1), stem)
    return n.dense('fc', n.mean(separable('s2', once, 12, 2)))
  },
  /** A transposed convolution with a stride and dilations, which only ONNX writes. */
  decoder: (n) => n.dense('fc', n.mean(n.relu(n.transposed('up', n.relu(n.conv('conv', n.input(), 6)), 8)))),
}

/** Opens one of the networks in one of the formats. */
export const openSmallNetwork = (network, format) => formats[format](networks[network])

const epsilon = 1e-5
const count = (shape) => shape.reduce((a, b) => a * b, 1)

/** The same numbers for the same name, in `middle ± range`. */
function numbers(name, shape, range, middle = 0) {
  let state = [...name].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 2147483647, 7)
  return Float32Array.from({ length: count(shape) }, () => {
    state = (state * 16807) % 2147483647
    return middle + range * ((2 * state) / 2147483647 - 1)
  })
}

/** Weights of a layer: `[height, width, in, out]` for convolutions, all of about the size that keeps feature maps about 1. */
const weights = {
  filter: (name, shape, fanIn) => numbers(`${name}.filter`, shape, Math.sqrt(6 / fanIn)),
  bias: (name, n) => numbers(`${name}.bias`, [n], 0.3),
  norm: (name, n) => [
    numbers(`${name}.gamma`, [n], 0.3, 1),
    numbers(`${name}.beta`, [n], 0.3),
    numbers(`${name}.mean`, [n], 0.3),
    numbers(`${name}.variance`, [n], 0.3, 1),
  ],
}

const options = { name: 'small', preprocessing: 'none' }

const formats = {
  async layers(network) {
    const add = (layer, x, values = []) => {
      const y = layer.apply(x)
      if (values.length > 0) tf.tidy(() => layer.setWeights(values.map((v, i) => tf.tensor(v, layer.weights[i].shape))))
      return y
    }
    const input = tfl.input({ shape: [smallSize.height, smallSize.width, smallSize.channels] })
    const outputs = network({
      input: () => input,
      conv: (name, x, filters, strides = 1, kernelSize = 3) => {
        const shape = [kernelSize, kernelSize, x.shape[3], filters]
        const values = [weights.filter(name, shape, count(shape) / filters), weights.bias(name, filters)]
        return add(tfl.layers.conv2d({ name, filters, kernelSize, strides, padding: 'same' }), x, values)
      },
      depthwise: (name, x, strides) => {
        const values = [weights.filter(name, [3, 3, x.shape[3], 1], 9), weights.bias(name, x.shape[3])]
        return add(tfl.layers.depthwiseConv2d({ name, kernelSize: 3, strides, padding: 'same' }), x, values)
      },
      norm: (name, x) => add(tfl.layers.batchNormalization({ name, epsilon }), x, weights.norm(name, x.shape[3])),
      relu: (x) => add(tfl.layers.reLU(), x),
      relu6: (x) => add(tfl.layers.reLU({ maxValue: 6 }), x),
      add: (a, b) => add(tfl.layers.add(), [a, b]),
      maxPool: (x) => add(tfl.layers.maxPooling2d({ poolSize: 2 }), x),
      mean: (x) => add(tfl.layers.globalAveragePooling2d({}), x),
      dense: (name, x) => {
        const shape = [x.shape[1], classes]
        return add(tfl.layers.dense({ name, units: classes }), x, [
          weights.filter(name, shape, shape[0]),
          weights.bias(name, classes),
        ])
      },
    })
    const model = tfl.model({ inputs: input, outputs })
    const classifier = await openLayersModel(model, options)
    return {
      ...classifier,
      dispose() {
        classifier.dispose()
        model.dispose()
      },
    }
  },

  async graph(network) {
    const node = []
    const weightSpecs = []
    const data = []
    const list = (...values) => ({ list: { i: values.map(String) } })
    const put = (op, name, input, attr = {}) => {
      node.push({ name, op, input, attr })
      return name
    }
    const constant = (name, shape, values, dtype = 'float32') => {
      weightSpecs.push({ name, shape, dtype })
      data.push(values)
      return put('Const', name, [], { dtype: { type: dtype === 'int32' ? 'DT_INT32' : 'DT_FLOAT' } })
    }
    const window = (stride) => ({
      strides: list(1, stride, stride, 1),
      dilations: list(1, 1, 1, 1),
      padding: { s: btoa('SAME') },
      data_format: { s: btoa('NHWC') },
    })
    const depths = new Map()
    const of = (name, depth) => {
      depths.set(name, depth)
      return name
    }
    const next = (op, inputs, attr) =>
      of(put(op, `${op.toLowerCase()}_${node.length}`, inputs, attr), depths.get(inputs[0]))
    const biased = (name, x, depth) =>
      of(put('BiasAdd', `${name}/BiasAdd`, [x, constant(`${name}/bias`, [depth], weights.bias(name, depth))]), depth)
    const output = network({
      input: () => {
        const dim = [-1, smallSize.height, smallSize.width, smallSize.channels].map((d) => ({ size: String(d) }))
        return of(
          put('Placeholder', 'x', [], { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } }),
          smallSize.channels,
        )
      },
      conv: (name, x, filters, stride = 1, kernel = 3) => {
        const shape = [kernel, kernel, depths.get(x), filters]
        const filter = constant(`${name}/filter`, shape, weights.filter(name, shape, count(shape) / filters))
        return biased(name, put('Conv2D', `${name}/Conv2D`, [x, filter], window(stride)), filters)
      },
      depthwise: (name, x, stride) => {
        const shape = [3, 3, depths.get(x), 1]
        const filter = constant(`${name}/filter`, shape, weights.filter(name, shape, 9))
        return biased(name, put('DepthwiseConv2dNative', `${name}/depthwise`, [x, filter], window(stride)), shape[2])
      },
      norm: (name, x) => {
        const depth = depths.get(x)
        const values = weights.norm(name, depth).map((v, i) => constant(`${name}/weights_${i}`, [depth], v))
        const attr = { epsilon: { f: epsilon }, is_training: { b: false } }
        return of(put('FusedBatchNormV3', `${name}/FusedBatchNormV3`, [x, ...values], attr), depth)
      },
      relu: (x) => next('Relu', [x]),
      relu6: (x) => next('Relu6', [x]),
      add: (a, b) => next('AddV2', [a, b]),
      maxPool: (x) => next('MaxPool', [x], { ...window(2), ksize: list(1, 2, 2, 1) }),
      mean: (x) => next('Mean', [x, constant('axes', [2], Int32Array.of(1, 2), 'int32')], { keep_dims: { b: false } }),
      dense: (name, x) => {
        const shape = [depths.get(x), classes]
        const matrix = constant(`${name}/matrix`, shape, weights.filter(name, shape, shape[0]))
        return biased(name, put('MatMul', `${name}/MatMul`, [x, matrix]), classes)
      },
    })
    const weightData = await new Blob(data).arrayBuffer()
    const modelTopology = { node, versions: {} }
    const save = (handler) => handler.save({ format: 'graph-model', modelTopology, weightSpecs, weightData })
    return openGraphModel({ save }, { ...options, outputName: output })
  },

  async onnx(network) {
    const nodes = []
    const initializers = []
    const constant = (name, dims, values) => {
      initializers.push({ name, dims, values: [...values] })
      return name
    }
    const add = (opType, from, names, attributes = {}, changes = {}, output = `${opType}_${nodes.length}`) => {
      nodes.push({ opType, inputs: [from.name, ...names], output, attributes })
      return { ...from, ...changes, name: output }
    }
    /** What TensorFlow calls SAME: `[top, left, bottom, right]`, the larger part at the end. */
    const around = ({ height, width }, kernel, stride) => {
      const sides = [height, width].map((n) => Math.max(0, (Math.ceil(n / stride) - 1) * stride + kernel - n))
      return [...sides.map((n) => n >> 1), ...sides.map((n) => n - (n >> 1))]
    }
    const conv = (name, x, shape, values, stride, group) => {
      const [kernel, , , filters] = shape
      const filter = constant(`${name}.weight`, [filters, shape[2], kernel, kernel], values)
      const bias = constant(`${name}.bias`, [filters], weights.bias(name, filters))
      const half = { channels: filters, height: Math.ceil(x.height / stride), width: Math.ceil(x.width / stride) }
      const attributes = { strides: [stride, stride], pads: around(x, kernel, stride), group }
      return add('Conv', x, [filter, bias], attributes, half, name)
    }
    network({
      input: () => ({ ...smallSize, name: 'x' }),
      conv: (name, x, filters, stride = 1, kernel = 3) => {
        const shape = [kernel, kernel, x.channels, filters]
        const values = weights.filter(name, shape, count(shape) / filters)
        return conv(name, x, shape, reorder(values, shape, [3, 2, 0, 1]), stride, 1)
      },
      depthwise: (name, x, stride) => {
        const values = weights.filter(name, [3, 3, x.channels, 1], 9)
        return conv(name, x, [3, 3, 1, x.channels], reorder(values, [3, 3, x.channels], [2, 0, 1]), stride, x.channels)
      },
      transposed: (name, x, filters) => {
        const shape = [x.channels, filters, 3, 3]
        const filter = constant(`${name}.weight`, shape, weights.filter(name, shape, count(shape) / filters))
        const size = { height: 2 * x.height + 3, width: 2 * x.width + 3, channels: filters }
        return add('ConvTranspose', x, [filter], { strides: [2, 2], dilations: [2, 2] }, size, name)
      },
      norm: (name, x) => {
        const values = weights.norm(name, x.channels).map((v, i) => constant(`${name}.${i}`, [x.channels], v))
        return add('BatchNormalization', x, values)
      },
      relu: (x) => add('Relu', x, []),
      relu6: (x) => {
        const name = `limit_${nodes.length}`
        return add('Clip', x, [constant(`${name}.low`, [], [0]), constant(`${name}.high`, [], [6])])
      },
      add: (a, b) => add('Add', a, [b.name]),
      maxPool: (x) =>
        add(
          'MaxPool',
          x,
          [],
          { kernel_shape: [2, 2], strides: [2, 2] },
          { height: x.height >> 1, width: x.width >> 1 },
        ),
      mean: (x) => add('Flatten', add('GlobalAveragePool', x, []), []),
      dense: (name, x) => {
        const shape = [x.channels, classes]
        const matrix = constant(`${name}.weight`, shape, weights.filter(name, shape, shape[0]))
        return add('Gemm', x, [matrix, constant(`${name}.bias`, [classes], weights.bias(name, classes))], {}, {}, name)
      },
    })
    return openOnnx(writeModel(['n', 3, smallSize.height, smallSize.width], nodes, initializers), options)
  },
}

/** Values in C order, moved so that axis `i` of the result is axis `axes[i]` of what was given. */
function reorder(values, shape, axes) {
  const strides = shape.map((_, axis) => count(shape.slice(axis + 1)))
  const moved = new Float32Array(values.length)
  for (let i = 0; i < moved.length; i++) {
    let rest = i
    let from = 0
    for (const axis of axes.toReversed()) {
      from += (rest % shape[axis]) * strides[axis]
      rest = Math.floor(rest / shape[axis])
    }
    moved[i] = values[from]
  }
  return moved
}
