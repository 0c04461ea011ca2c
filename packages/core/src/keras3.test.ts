import '@tensorflow/tfjs-backend-cpu'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

type Json = Record<string, unknown>
type Weights = readonly (readonly [name: string, tensor: tf.Tensor])[]

const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null }
const initializer = (class_name: string) => ({
  module: 'keras.initializers',
  class_name,
  config: { seed: null },
  registered_name: null,
})
const image = { batch_shape: [null, 8, 6, 3], dtype: 'float32', sparse: false, ragged: false, name: 'image' }

/** A layer as Keras 3 writes it. */
const layer = (class_name: string, config: Json, inputs?: (string | [string, number])[]) => ({
  module: 'keras.layers',
  class_name,
  config: class_name === 'InputLayer' ? config : { trainable: true, dtype: policy, ...config },
  registered_name: null,
  ...(class_name !== 'InputLayer' && { build_config: { input_shape: [null, 8, 6, 3] } }),
  ...(inputs && { name: config.name, inbound_nodes: inputs.length > 0 ? [call(inputs)] : [] }),
})

function call(inputs: readonly (string | [string, number])[]) {
  const tensors = inputs.map((input) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 8, 6, 4], dtype: 'float32', keras_history: [...[input].flat(), 0, 0].slice(0, 3) },
  }))
  return {
    args: tensors.length > 1 ? [tensors] : tensors,
    kwargs: tensors.length > 1 ? {} : { training: false, mask: null },
  }
}

const conv = (name: string, filters: number, more: Json = {}) => ({
  name,
  filters,
  kernel_size: [3, 3],
  strides: [1, 1],
  padding: 'same',
  data_format: 'channels_last',
  dilation_rate: [1, 1],
  groups: 1,
  activation: 'silu',
  use_bias: true,
  kernel_initializer: initializer('GlorotUniform'),
  bias_initializer: initializer('Zeros'),
  kernel_regularizer: { module: 'keras.regularizers', class_name: 'L2', config: { l2: 0.1 }, registered_name: null },
  bias_regularizer: null,
  activity_regularizer: null,
  kernel_constraint: null,
  bias_constraint: null,
  ...more,
})

const depthwise = (name: string) => {
  const { filters: _, kernel_initializer: depthwise_initializer, ...config } = conv(name, 0, { activation: 'linear' })
  return { ...config, depth_multiplier: 1, depthwise_initializer }
}

const norm = (name: string) => ({
  ...{ name, axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true, synchronized: false },
  ...{ beta_initializer: initializer('Zeros'), gamma_initializer: initializer('Ones') },
  ...{ moving_mean_initializer: initializer('Zeros'), moving_variance_initializer: initializer('Ones') },
})

const dense = (name: string, units: number) => ({
  ...{ name, units, activation: 'softmax', use_bias: true, quantization_config: null },
  ...{ kernel_initializer: initializer('GlorotUniform'), bias_initializer: initializer('Zeros') },
})

const functional = (layers: object[], more: Json = {}) => ({
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  config: {
    name: 'net',
    trainable: true,
    layers,
    input_layers: ['image', 0, 0],
    output_layers: ['scores', 0, 0],
    ...more,
  },
  registered_name: 'Functional',
  build_config: { input_shape: null },
})

/** Branches and a residual connection. */
const residual = functional([
  layer('InputLayer', image, []),
  layer('Conv2D', conv('stem', 4), ['image']),
  layer('DepthwiseConv2D', depthwise('dw'), ['stem']),
  layer('BatchNormalization', norm('bn'), ['dw']),
  layer('LeakyReLU', { name: 'leaky', negative_slope: 0.2 }, ['bn']),
  layer('SpatialDropout2D', { name: 'drop', rate: 0.1, seed: null, noise_shape: null }, ['leaky']),
  layer('Add', { name: 'add' }, ['drop', 'stem']),
  layer('GlobalAveragePooling2D', { name: 'pool', data_format: 'channels_last', keepdims: false }, ['add']),
  layer('Dense', dense('scores', 3), ['pool']),
])

/** The same network, made by TensorFlow.js. */
function twin(): tfl.LayersModel {
  const x = tfl.input({ shape: [8, 6, 3] })
  const apply = (built: tfl.layers.Layer, ...inputs: tfl.SymbolicTensor[]) =>
    built.apply(inputs.length > 1 ? inputs : inputs[0]!) as tfl.SymbolicTensor
  const same = { kernelSize: 3, padding: 'same' as const }
  const stem = apply(tfl.layers.conv2d({ ...same, name: 'stem', filters: 4, activation: 'swish' as never }), x)
  const dw = apply(tfl.layers.depthwiseConv2d({ ...same, name: 'dw' }), stem)
  const leaky = apply(tfl.layers.leakyReLU({ alpha: 0.2 }), apply(tfl.layers.batchNormalization({ name: 'bn' }), dw))
  const pool = apply(tfl.layers.globalAveragePooling2d({}), apply(tfl.layers.add({}), leaky, stem))
  const scores = tfl.layers.dense({ name: 'scores', units: 3, activation: 'softmax' })
  const model = tfl.model({ inputs: x, outputs: apply(scores, pool) })
  const values = model.getWeights().map((weight, i) => tf.randomUniform(weight.shape, 0.1, 0.9, 'float32', i + 1))
  model.setWeights(values)
  tf.dispose(values)
  return model
}

/** Writes what the converter writes. */
function write(model_config: object, weights: Weights, version = '3.5.0'): string {
  const folder = mkdtempSync(join(tmpdir(), 'vatun-keras3-'))
  const specs = weights.map(([name, { shape, dtype }]) => ({ name, shape, dtype }))
  writeFileSync(
    join(folder, 'weights.bin'),
    Buffer.concat(weights.map(([, w]) => Buffer.from(w.dataSync().slice().buffer))),
  )
  const modelTopology = { keras_version: version, backend: 'tensorflow', model_config }
  const weightsManifest = [{ paths: ['weights.bin'], weights: specs }]
  const path = join(folder, 'model.json')
  writeFileSync(
    path,
    JSON.stringify({ format: 'layers-model', generatedBy: `keras v${version}`, modelTopology, weightsManifest }),
  )
  return path
}

/** Names of a twin's weights as a file may have them. */
const namings: Readonly<Record<string, (layer: string, weight: string, index: number) => string>> = {
  'of layers': (layer, weight) => `${layer}/${weight}`,
  'of models and layers, with the name of a depthwise kernel in Keras 3': (layer, weight) =>
    `net/${layer}/${weight.replace('depthwise_kernel', 'kernel')}`,
  'of layers and numbers': (layer, _, index) => `layers/${layer}/vars/${index}`,
}

function weightsOf(model: tfl.LayersModel, name: (layer: string, weight: string, index: number) => string): Weights {
  const counts = new Map<string, number>()
  return model.weights.map(({ originalName }, i) => {
    const [owner, weight] = originalName.split('/') as [string, string]
    const index = counts.get(owner) ?? 0
    counts.set(owner, index + 1)
    return [name(owner, weight, index), model.getWeights()[i]!] as const
  })
}

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => {
  tf.disposeVariables()
  expect(tf.memory().numTensors).toBe(0)
})

describe('a functional model of Keras 3', () => {
  it.each(Object.keys(namings))('with weights named after those %s', async (naming) => {
    const model = twin()
    const classifier = await openLayersModel(write(residual, weightsOf(model, namings[naming]!)), {
      preprocessing: 'none',
    })
    const { layers, output, penultimate } = classifier.info
    expect(layers.map(({ name }) => name)).toEqual(['stem', 'dw', 'add', 'pool', 'scores'])
    expect([output, penultimate]).toEqual(['softmax', 'pool'])
    const images = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 1, 'float32', 7)
    const expected = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync())
    expect(largestDifference((await classifier.predict(images)).probabilities, expected)).toBeLessThan(1e-5)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    expect(slopeError(loss, images)).toBeLessThan(1e-2)
    for (const owned of [images, model, classifier]) owned.dispose()
  })
})

describe('a sequential model of Keras 3', () => {
  const parts = [layer('Flatten', { name: 'flat', data_format: 'channels_last' }), layer('Dense', dense('scores', 3))]
  const shapes = { build_input_shape: [null, 8, 6, 3] }
  const sequential = (layers: object[], more: Json = {}) => ({
    module: 'keras',
    class_name: 'Sequential',
    config: { name: 'sequential', trainable: true, dtype: policy, layers, ...more },
    registered_name: null,
    build_config: { input_shape: [null, 8, 6, 3] },
  })
  it.each([
    ['with its input', sequential([layer('InputLayer', image), ...parts], shapes)],
    ['with the shape of its input', sequential(parts, shapes)],
    [
      'inside a functional one',
      functional(
        [
          layer('InputLayer', image, []),
          {
            ...sequential([layer('InputLayer', image), ...parts]),
            name: 'sequential',
            inbound_nodes: [call(['image'])],
          },
        ],
        { output_layers: [['sequential', 0, 0]] },
      ),
    ],
    [
      'inside a functional one, with another layer after it',
      functional(
        [
          layer('InputLayer', image, []),
          {
            ...sequential([layer('InputLayer', { ...image, name: 'input_layer_1' }), ...parts]),
            name: 'sequential',
            inbound_nodes: [call(['image'])],
          },
          layer('Dropout', { name: 'drop', rate: 0.5, seed: null, noise_shape: null }, ['sequential']),
        ],
        { output_layers: ['drop', 0, 0] },
      ),
    ],
    [
      'behind a functional one inside',
      functional(
        [
          layer('InputLayer', image, []),
          {
            ...functional(
              [
                layer('InputLayer', { ...image, name: 'input_layer_2' }, []),
                layer('Activation', { name: 'same', activation: 'linear' }, ['input_layer_2']),
              ],
              { name: 'base', input_layers: ['input_layer_2', 0, 0], output_layers: ['same', 0, 0] },
            ),
            name: 'base',
            inbound_nodes: [call(['image'])],
          },
          {
            ...sequential([layer('InputLayer', { ...image, name: 'input_layer_1' }), ...parts]),
            name: 'sequential',
            inbound_nodes: [call(['base'])],
          },
        ],
        { output_layers: ['sequential', 0, 0] },
      ),
    ],
  ])('%s', async (_, config) => {
    const kernel = tf.randomUniform([144, 3], -1, 1, 'float32', 1)
    const bias = tf.tensor1d([0.1, 0, -0.1])
    const path = write(config, [['sequential/scores/kernel', kernel], ['sequential/scores/bias', bias]]) // biome-ignore format: pairs
    const classifier = await openLayersModel(path, { preprocessing: 'none' })
    const images = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 1, 'float32', 7)
    const expected = tf.tidy(() =>
      tf.softmax(tf.add(tf.matMul(tf.reshape(images, [2, 144]), kernel as tf.Tensor2D), bias)).dataSync(),
    )
    expect(largestDifference((await classifier.predict(images)).probabilities, expected)).toBeLessThan(1e-5)
    for (const owned of [kernel, bias, images, classifier]) owned.dispose()
  })
})

describe('what TensorFlow.js has no equal for is told', () => {
  const with_ = (class_name: string, config: Json) =>
    functional([
      layer('InputLayer', image, []),
      layer(class_name, config, ['image']),
      layer('Dense', dense('scores', 3), ['odd']),
    ])
  it.each<[string, object, RegExp]>([
    ['groups', with_('Conv2D', conv('odd', 3, { groups: 3 })), /layer "odd" \(Conv2D\) has groups 3/],
    [
      'an activation function',
      with_('Conv2D', conv('odd', 3, { activation: 'hard_silu' })),
      /layer "odd" .* hard_silu/,
    ],
    [
      'another hard sigmoid',
      with_('Activation', { name: 'odd', activation: 'hard_sigmoid' }),
      /layer "odd" .* hard_sigmoid of Keras 3/,
    ],
    [
      'a number as an operand',
      functional([
        layer('InputLayer', image, []),
        { ...layer('Add', { name: 'odd' }, []), inbound_nodes: [{ args: [3], kwargs: {} }] },
        layer('Dense', dense('scores', 3), ['odd']),
      ]),
      /layer "odd" is called with 3, expected outputs of layers/,
    ],
  ])('%s', async (_, config, message) => {
    await expect(openLayersModel(write(config, []), { preprocessing: 'none' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(message),
    })
  })
})

it.each(['GlobalAveragePooling2D', 'GlobalMaxPooling2D'])('%s keeps its axes where Keras does', async (pool) => {
  const kernel = tf.randomUniform([1, 1, 3, 2], -1, 1, 'float32', 1)
  const more = { filters: 2, kernel_size: [1, 1], activation: 'linear', use_bias: false }
  for (const [keepdims, reads] of [
    [true, ['stem']],
    [false, []],
  ] as const) {
    const after = [layer('Conv2D', conv('stem', 2, more), ['pool']), layer('Flatten', { name: 'flat' }, ['stem'])]
    const config = functional(
      [
        layer('InputLayer', image, []),
        layer(pool, { name: 'pool', data_format: 'channels_last', keepdims }, ['image']),
        ...(keepdims ? after : []),
      ],
      { output_layers: [keepdims ? 'flat' : 'pool', 0, 0] },
    )
    const path = write(config, keepdims ? [['stem/kernel', kernel]] : [])
    const classifier = await openLayersModel(path, { preprocessing: 'none' })
    expect(classifier.info.layers.map(({ name }) => name)).toEqual(['pool', ...reads])
    const images = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 1, 'float32', 7)
    const expected = tf.tidy(() => {
      const pooled = pool === 'GlobalMaxPooling2D' ? tf.max(images, [1, 2]) : tf.mean(images, [1, 2])
      return (
        keepdims ? tf.matMul(pooled as tf.Tensor2D, tf.reshape(kernel, [3, 2]) as tf.Tensor2D) : pooled
      ).dataSync()
    })
    expect(largestDifference((await classifier.predict(images)).logits, expected)).toBeLessThan(1e-5)
    for (const owned of [images, classifier]) owned.dispose()
  }
  kernel.dispose()
})
