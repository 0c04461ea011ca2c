import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { call, functional, image, type Json, layer, norm, write } from './keras3-files.test.data.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

/** A row of four grey pixels through a layer. */
const row = (class_name: string, config: Json, asKeras3: boolean) => {
  const layers = [
    { class_name: 'InputLayer', config: { batch_input_shape: [null, 1, 4, 1], dtype: 'float32', name: 'image' } },
    { class_name, config: { name: 'odd', ...config } },
    { class_name: 'MaxPooling2D', config: { name: 'same', pool_size: [1, 1], strides: [1, 1] } },
    { class_name: 'Flatten', config: { name: 'flat' } },
  ]
  const more = asKeras3 ? { module: 'keras.layers', registered_name: null } : {}
  return { class_name: 'Sequential', config: { name: 'net', layers: layers.map((one) => ({ ...one, ...more })) } }
}

const open = (config: object, version?: string) =>
  openLayersModel(write(config, [], version), { preprocessing: 'none' })

describe.each([
  ['2.9.0', false],
  ['3.5.0', true],
] as const)('options of Keras %s that TensorFlow.js passes over', (version, asKeras3) => {
  it.each<[string, Json, number[]]>([
    // As tf.keras computes them; by hand.
    ['ReLU', { negative_slope: 0.5, threshold: 0.5, max_value: 0.8 }, [-0.25, -0.15, 0.6, 0.8]],
    ['ReLU', { negative_slope: 0, threshold: 0, max_value: 0.8 }, [0, 0.2, 0.6, 0.8]],
    ['Resizing', { height: 1, width: 2, interpolation: 'bilinear' }, [0.1, 0.8]],
    ['Resizing', { height: 1, width: 2, interpolation: 'nearest' }, [0.2, 1]],
    ['UpSampling2D', { size: [1, 2], interpolation: 'bilinear' }, [0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1]],
    ['UpSampling2D', { size: [1, 2], interpolation: 'nearest' }, [0, 0, 0.2, 0.2, 0.6, 0.6, 1, 1]],
    ['Normalization', { axis: -1, mean: [[0.5]], variance: [[4]], invert: true }, [0.5, 0.9, 1.7, 2.5]],
    ['Normalization', { axis: -1, mean: [[0.5]], variance: [[4]], invert: false }, [-0.25, -0.15, 0.05, 0.25]],
  ])('%s %o', async (className, config, expected) => {
    const classifier = await open(row(className, config, asKeras3), version)
    const pixels = tf.tensor4d([0, 0.2, 0.6, 1], [1, 1, 4, 1])
    const { logits } = await classifier.predict(pixels)
    expect(Array.from(logits, (value) => Number(value.toFixed(5)))).toEqual(expected)
    const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
    const inside = tf.tensor4d([0.1, 0.3, 0.6, 0.9], [1, 1, 4, 1])
    expect(slopeError(loss, inside)).toBeLessThan(1e-2)
    for (const owned of [pixels, inside, classifier]) owned.dispose()
  })

  it.each<[string, Json, string]>([
    ['Conv2D', { filters: 4, kernel_size: [1, 1], groups: 2 }, 'groups 2'],
    ['LayerNormalization', { axis: -1, rms_scaling: true }, 'rms_scaling true'],
    ['Resizing', { height: 1, width: 2, crop_to_aspect_ratio: true }, 'crop_to_aspect_ratio true'],
  ])('%s is refused where it would compute something else', async (className, config, option) => {
    await expect(open(row(className, config, asKeras3), version)).rejects.toMatchObject({
      code: 'unsupported',
      message: `openLayersModel: layer "odd" (${className}) has ${option}, which TensorFlow.js does not know: convert the model to a tfjs graph model instead`,
    })
  })
})

it('enlarges as TensorFlow.js does what TensorFlow.js has written', async () => {
  const config = row('UpSampling2D', { size: [1, 2], interpolation: 'bilinear' }, false)
  const classifier = await open(config, 'tfjs-layers 4.22.0')
  const pixels = tf.tensor4d([0, 0.2, 0.6, 1], [1, 1, 4, 1])
  const { logits } = await classifier.predict(pixels)
  expect(Array.from(logits, (value) => Number(value.toFixed(5)))).toEqual([0, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1])
  for (const owned of [pixels, classifier]) owned.dispose()
})

it.each([
  ['2.15.0, which people write to get past the converter', { keras_version: '2.15.0' }],
  ['none, as from Model.to_json', {}],
])('knows a model of Keras 3 by its calls: version %s', async (_, version) => {
  const inner = functional(
    [
      layer('InputLayer', { ...image, name: 'inner' }, []),
      layer('Activation', { name: 'same', activation: 'linear' }, ['inner']),
    ],
    { name: 'base', input_layers: ['inner', 0, 0], output_layers: ['same', 0, 0] },
  )
  const base = {
    ...inner,
    name: 'base',
    inbound_nodes: [{ ...call(['image']), args: [...call(['image']).args, null] }],
  }
  const model = (activation: string) =>
    functional(
      [
        layer('InputLayer', image, []),
        base,
        layer('Activation', { name: 'act', activation }, ['base']),
        layer('GlobalAveragePooling2D', { name: 'pool' }, ['act']),
      ],
      { output_layers: ['pool', 0, 0] },
    )
  const classifier = await open({ ...model('relu'), ...version }, '')
  expect(classifier.info.layers.map(({ name }) => name)).toEqual(['pool'])
  classifier.dispose()
  await expect(open({ ...model('hard_sigmoid'), ...version }, '')).rejects.toThrow('hard_sigmoid of Keras 3')
})

it.each([[[3]], [3], [-1], [1]])('has a gradient through a normalisation without scale over axis %o', async (axis) => {
  const config = functional(
    [
      layer('InputLayer', image, []),
      layer('BatchNormalization', { ...norm('bn'), axis, scale: false }, ['image']),
      layer('GlobalAveragePooling2D', { name: 'pool' }, ['bn']),
    ],
    { output_layers: ['pool', 0, 0] },
  )
  const size = axis === 1 ? 8 : 3
  const weights = ['beta', 'moving_mean', 'moving_variance'].map(
    (name, i) => [`bn/${name}`, tf.randomUniform([size], 0.5, 1, 'float32', i + 1)] as const,
  )
  const classifier = await openLayersModel(write(config, weights), { preprocessing: 'none' })
  const images = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 1, 'float32', 7)
  const loss = (x: tf.Tensor) => tf.sum(tf.square(classifier.differentiable!.logits(x as tf.Tensor4D)))
  expect(slopeError(loss, images)).toBeLessThan(1e-2)
  const { logits } = await classifier.predict(images)
  const expected = tf.tidy(() => {
    const [beta, mean, variance] = weights.map(([, weight]) => tf.reshape(weight, axis === 1 ? [8, 1, 1] : [3]))
    const normal = tf.div(tf.sub(images, mean!), tf.sqrt(tf.add(variance!, 0.001)))
    return tf.mean(tf.add(normal, beta!), [1, 2]).dataSync()
  })
  expect(largestDifference(logits, expected)).toBeLessThan(1e-5)
  for (const owned of [images, classifier, ...weights.map(([, weight]) => weight)]) owned.dispose()
})
