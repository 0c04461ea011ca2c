import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { expectSameGradients, gradients, normal } from './compare-backends.test.data.js'

type Operator = (...inputs: never[]) => tf.Tensor
const map = [2, 6, 7, 4]
const rows = [3, 5]
const ids = (values: number[]) => tf.tensor1d(values, 'int32')
const plus = (x: tf.Tensor, constant: number) => tf.add(tf.abs(x), constant)

// What classifiers in tfjs and ONNX files are made of, and the shapes of what each is differentiated by.
const operators: Record<string, [f: Operator, ...shapes: number[][]]> = {
  'add a bias': [(x, b) => tf.add(x, b), map, [4]],
  'add with broadcasting': [(x, y) => tf.add(x, y), map, [2, 1, 1, 4]],
  'add many': [(x, y) => tf.addN([x, y, x]), map, map],
  'average pooling': [(x) => tf.avgPool(x, 2, 2, 'valid'), map],
  'average pooling, padded': [(x) => tf.avgPool(x, 3, 2, 'same'), map],
  'average pooling of stride 1': [(x) => tf.avgPool(x, 3, 1, 'same'), map],
  'average pooling, whole map': [(x) => tf.avgPool(x, [6, 7], 1, 'valid'), map],
  'batch normalisation': [
    (x, mean, offset, scale) => tf.batchNorm(x, mean, tf.tensor1d([1, 2, 0.5, 0.7]), offset, scale),
    map,
    [4],
    [4],
    [4],
  ],
  clip: [(x) => tf.clipByValue(x, -0.5, 0.7), map],
  'concatenate channels': [(x, y) => tf.concat([x, y], 3), map, [2, 6, 7, 2]],
  'transposed convolution': [(x, w) => tf.conv2dTranspose(x, w, [2, 12, 14, 3], 2, 'same'), map, [3, 3, 3, 4]],
  'convolution, fused': [
    (x, filter, bias) => tf.fused.conv2d({ x, filter, bias, strides: 1, pad: 'same', activation: 'relu' }),
    map,
    [3, 3, 4, 5],
    [5],
  ],
  'depthwise convolution, fused': [
    (x, filter, bias) => tf.fused.depthwiseConv2d({ x, filter, bias, strides: 1, pad: 'same', activation: 'relu6' }),
    map,
    [3, 3, 4, 1],
    [4],
  ],
  'separable convolution': [
    (x, depthwise, pointwise) => tf.separableConv2d(x, depthwise, pointwise, 1, 'same'),
    map,
    [3, 3, 4, 2],
    [1, 1, 8, 3],
  ],
  divide: [(x, y) => tf.div(x, plus(y, 1)), map, [4]],
  elu: [(x) => tf.elu(x), map],
  erf: [(x) => tf.erf(x), map],
  exp: [(x) => tf.exp(x), map],
  gather: [(x) => tf.gather(x, ids([2, 0, 2, 1])), rows],
  'gather channels': [(x) => tf.gather(x, ids([2, 0, 2, 1]), 3), map],
  gelu: [(x) => tf.mul(tf.mul(x, 0.5), tf.add(1, tf.erf(tf.div(x, Math.SQRT2)))), map],
  'hard sigmoid': [(x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1), map],
  'hard swish': [(x) => tf.mul(x, tf.div(tf.relu6(tf.add(x, 3)), 6)), map],
  'leaky relu': [(x) => tf.leakyRelu(x, 0.1), map],
  'local response normalisation': [(x) => tf.localResponseNormalization(x, 2, 1, 0.5, 0.75), map],
  log: [(x) => tf.log(plus(x, 0.5)), map],
  'log softmax': [(x) => tf.logSoftmax(x), rows],
  'matrix product': [(x, w) => tf.matMul(x, w), rows, [5, 4]],
  'matrix product, first transposed': [(x, w) => tf.matMul(x, w, true), [5, 3], [5, 4]],
  'matrix product, second transposed': [(x, w) => tf.matMul(x, w, false, true), rows, [4, 5]],
  'matrix product, both transposed': [(x, w) => tf.matMul(x, w, true, true), [5, 3], [4, 5]],
  'matrix products of a batch': [(x, w) => tf.matMul(x, w), [2, 3, 5], [2, 5, 4]],
  'matrix product, fused': [(a, b, bias) => tf.fused.matMul({ a, b, bias, activation: 'relu' }), rows, [5, 4], [4]],
  max: [(x) => tf.max(x, [1, 2]), map],
  'max of single pixels': [(x) => tf.max(x, [1, 2], true), [2, 1, 1, 4]],
  maximum: [(x, y) => tf.maximum(x, y), map, map],
  'max pooling': [(x) => tf.maxPool(x, 3, 2, 'same'), map],
  mean: [(x) => tf.mean(x, [1, 2]), map],
  'mean, kept and backwards': [(x) => tf.mean(x, [-2, -3], true), map],
  'mean and variance': [
    (x) => {
      const { mean, variance } = tf.moments(x, -1, true)
      return tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, 1e-5)))
    },
    map,
  ],
  min: [(x) => tf.min(x, [1, 2]), map],
  mish: [(x) => tf.mul(x, tf.tanh(tf.softplus(x))), map],
  'multiply by channel': [(x, y) => tf.mul(x, y), map, [2, 1, 1, 4]],
  'multiply by place': [(x, y) => tf.mul(x, y), map, [2, 6, 7, 1]],
  pad: [
    (x) =>
      tf.pad(
        x,
        [
          [0, 0],
          [1, 1],
          [2, 0],
          [0, 0],
        ],
        3,
      ),
    map,
  ],
  'pad by reflection': [
    (x) =>
      tf.mirrorPad(
        x,
        [
          [0, 0],
          [1, 1],
          [2, 0],
          [0, 0],
        ],
        'reflect',
      ),
    map,
  ],
  power: [(x) => tf.pow(plus(x, 0.1), 1.7), map],
  prelu: [(x, slope) => tf.prelu(x, slope), map, [4]],
  relu: [(x) => tf.relu(x), map],
  relu6: [(x) => tf.relu6(tf.mul(x, 5)), map],
  reshape: [(x) => tf.reshape(x, [2, -1]), map],
  reverse: [(x) => tf.reverse(x, [1, 2]), map],
  'root of the inverse': [(x) => tf.rsqrt(plus(x, 0.1)), map],
  select: [(x, y) => tf.where(tf.greater(normal(map, 7), 0), x, y), map, map],
  selu: [(x) => tf.selu(x), map],
  sigmoid: [(x) => tf.sigmoid(x), map],
  slice: [(x) => tf.slice(x, [0, 1, 2, 1], [2, 3, 4, 2]), map],
  softmax: [(x) => tf.softmax(x), rows],
  softplus: [(x) => tf.softplus(x), map],
  split: [(x) => tf.concat(tf.split(x, [1, 3], 3).reverse(), 3), map],
  'square root': [(x) => tf.sqrt(plus(x, 0.1)), map],
  stack: [(x, y) => tf.stack([x, y], 1), rows, rows],
  subtract: [(x, y) => tf.sub(x, y), map, [4]],
  sum: [(x) => tf.sum(x, [1, 2], true), map],
  tanh: [(x) => tf.tanh(x), map],
  tile: [(x) => tf.tile(x, [1, 2, 3, 1]), map],
  transpose: [(x) => tf.transpose(x, [0, 3, 1, 2]), map],
  'transpose channels in groups': [(x) => tf.transpose(x, [0, 2, 1, 4, 3]), [2, 3, 2, 2, 3]],
}

it.each(Object.entries(operators))('%s', async (_, [f, ...shapes]) => {
  await expectSameGradients(f as (...inputs: tf.Tensor[]) => tf.Tensor, () => shapes.map((s, i) => normal(s, i + 1)))
})

it('sums segments, wherever the ids point', async () => {
  const f = (x: tf.Tensor) => tf.unsortedSegmentSum(x, ids([3, 0, -1, 3]), 4)
  const [cpu, wasm] = [
    await gradients('cpu', f, () => [normal([4, 2])]),
    await gradients('wasm', f, () => [normal([4, 2])]),
  ]
  expect(wasm).toEqual(cpu)
})
