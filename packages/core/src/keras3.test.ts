import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import {
  call,
  conv,
  dense,
  depthwise,
  functional,
  image,
  type Json,
  layer,
  norm,
  policy,
  type Weights,
  write,
} from './keras3-files.test.data.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

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

/** Keys of the layers in a file of Keras 3. */
const CLASS_KEYS: Readonly<Record<string, string>> = {
  bn: 'batch_normalization',
  dw: 'depthwise_conv2d',
  scores: 'dense',
  stem: 'conv2d',
}

/** Names of a twin's weights as a file may have them. */
const namings: Readonly<Record<string, (layer: string, weight: string, index: number) => string>> = {
  'of layers': (layer, weight) => `${layer}/${weight}`,
  'of models and layers, with the name of a depthwise kernel in Keras 3': (layer, weight) =>
    `net/${layer}/${weight.replace('depthwise_kernel', 'kernel')}`,
  'of classes and numbers': (layer, _, index) => `layers/${CLASS_KEYS[layer]}/vars/${index}`,
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
