import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { call, conv, dense, functional, image, layer, write } from './keras3-files.test.data.js'
import { openLayersModel } from './layers.js'

beforeAll(() => tf.setBackend('cpu'))
afterEach(() => expect(tf.memory().numTensors).toBe(0))

it('weights by numbers go by the order of classes, not by names that look alike, and leave out those of an optimizer', async () => {
  const linear = (name: string) => ({ ...dense(name, 2), activation: 'linear' })
  const config = functional(
    [
      layer('InputLayer', image, []),
      layer('GlobalAveragePooling2D', { name: 'pool' }, ['image']),
      layer('Dense', linear('dense_1'), ['pool']),
      {
        ...functional(
          [
            layer('InputLayer', { ...image, name: 'row', batch_shape: [null, 2] }, []),
            layer('Dense', linear('dense'), ['row']),
          ],
          { name: 'head', input_layers: ['row', 0, 0], output_layers: ['dense', 0, 0] },
        ),
        name: 'head',
        inbound_nodes: [call(['dense_1'])],
      },
      layer('Dense', linear('dense_2'), ['head']),
    ],
    { output_layers: ['dense_2', 0, 0] },
  )
  const random = (shape: number[], seed: number) => tf.randomUniform(shape, -1, 1, 'float32', seed)
  const keys = ['layers/dense', 'layers/functional/layers/dense', 'layers/dense_1']
  const kernels = keys.map((_, i) => random([i === 0 ? 3 : 2, 2], i + 1))
  const biases = keys.map((_, i) => random([2], i + 4))
  const step = tf.scalar(7)
  const path = write(config, [
    ...keys.flatMap((key, i) => [[`${key}/vars/0`, kernels[i]!] as const, [`${key}/vars/1`, biases[i]!] as const]),
    ['optimizer/vars/0', step],
  ])
  const classifier = await openLayersModel(path, { preprocessing: 'none' })
  const images = tf.randomUniform<tf.Rank.R4>([2, 8, 6, 3], 0, 1, 'float32', 7)
  const expected = tf.tidy(() =>
    keys
      .reduce<tf.Tensor>((x, _, i) => tf.add(tf.matMul(x, kernels[i]!), biases[i]!), tf.mean(images, [1, 2]))
      .dataSync(),
  )
  expect(largestDifference((await classifier.predict(images)).logits, expected)).toBeLessThan(1e-5)
  for (const owned of [images, classifier, step, ...kernels, ...biases]) owned.dispose()
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
