import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { afterEach, expect, it } from 'vitest'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

interface Normalization {
  readonly axis: number | readonly number[] | null
  readonly mean: unknown
  readonly variance: unknown
}

/** What the converter writes for a Keras model of preprocessing, augmentation, mean and a dense layer. */
function writeModel(normalization: Normalization, statistics: Readonly<Record<string, number[]>>): string {
  const layer = (class_name: string, config: object) => ({ class_name, config })
  const linear = { units: 2, activation: 'linear', use_bias: true }
  const layers = [
    layer('InputLayer', { name: 'image', batch_input_shape: [null, 2, 2, 3], dtype: 'float32', sparse: false }),
    layer('Sequential', {
      name: 'augmentation',
      layers: [
        layer('RandomFlip', { name: 'flip', mode: 'horizontal', seed: null, batch_input_shape: [null, 2, 2, 3] }),
        layer('RandomRotation', { name: 'turn', factor: 0.1, fill_mode: 'reflect' }),
        layer('RandomZoom', { name: 'zoom', height_factor: 0.1 }),
      ],
    }),
    layer('Rescaling', { name: 'rescaling', scale: 0.5, offset: 0 }),
    layer('Normalization', { name: 'normalization', ...normalization }),
    layer('GlobalAveragePooling2D', { name: 'mean', data_format: 'channels_last' }),
    layer('Dense', { name: 'scores', ...linear }),
  ]
  const weights: [name: string, shape: number[], values: number[]][] = [
    ['scores/kernel', [3, 2], [1, 0, 0, 1, 1, -1]],
    ['scores/bias', [2], [0.5, 0]],
    ...Object.entries(statistics).map(([name, values]): [string, number[], number[]] => [
      `normalization/${name}`,
      [values.length],
      values,
    ]),
  ]
  const folder = mkdtempSync(join(tmpdir(), 'vatun-keras-'))
  const specs = weights.map(([name, shape]) => ({ name, shape, dtype: 'float32' }))
  const values = new Float32Array(weights.flatMap(([, , list]) => list))
  const bytes = [new Uint8Array(values.buffer)]
  if (Object.keys(statistics).length > 0) {
    specs.push({ name: 'normalization/count', shape: [], dtype: 'int32' })
    bytes.push(new Uint8Array(Int32Array.of(7).buffer))
  }
  writeFileSync(join(folder, 'weights.bin'), Buffer.concat(bytes))
  writeFileSync(
    join(folder, 'model.json'),
    JSON.stringify({
      format: 'layers-model',
      modelTopology: { model_config: { class_name: 'Sequential', config: { name: 'net', layers } } },
      weightsManifest: [{ paths: ['weights.bin'], weights: specs }],
    }),
  )
  return join(folder, 'model.json')
}

const mean = [0.1, 0.2, 0.3]
const variance = [0.25, 4, 1]

afterEach(() => expect(tf.memory().numTensors).toBe(0))

it.each<[string, Normalization, Readonly<Record<string, number[]>>]>([
  ['weights', { axis: [-1], mean: null, variance: null }, { mean, variance }],
  ['weights, the axis as a number', { axis: 3, mean: null, variance: null }, { mean, variance }],
  ['the configuration', { axis: [-1], mean: [[[mean]]], variance: [[[variance]]] }, {}],
])('a Keras model with augmentation and normalisation by %s', async (_, normalization, statistics) => {
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend)
    const path = writeModel(normalization, statistics)
    const classifier = await openLayersModel(path, { preprocessing: 'none' })
    expect(classifier.info.layers.map(({ name }) => name)).toEqual(['mean', 'scores'])
    const colour = [0.4, 0.8, 0.6]
    const image = tf.tensor4d(Array.from({ length: 4 }, () => colour).flat(), [1, 2, 2, 3])
    const { logits } = await classifier.predict(image)
    const [r, g, b] = colour.map((c, i) => (0.5 * c - mean[i]!) / Math.sqrt(variance[i]!))
    expect(logits[0]).toBeCloseTo(r! + b! + 0.5, 5)
    expect(logits[1]).toBeCloseTo(g! - b!, 5)
    expect(slopeError((x) => tf.sum(classifier.differentiable!.logits(x as tf.Tensor4D)), image)).toBeLessThan(0.01)
    for (const owned of [image, classifier]) owned.dispose()
  }
})

it('leaves classes of these names that are registered alone', async () => {
  await tf.setBackend('cpu')
  const { classNameMap } = tf.serialization.SerializationMap.getMap()
  const before = Object.keys(classNameMap)
  const path = writeModel({ axis: [-1], mean: null, variance: null }, { mean, variance })
  const classifier = await openLayersModel(path, { preprocessing: 'none' })
  classifier.dispose()
  expect(Object.keys(classNameMap)).toEqual(before)
})
