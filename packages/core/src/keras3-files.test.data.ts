import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as tf from '@tensorflow/tfjs-core'

export type Json = Record<string, unknown>
export type Weights = readonly (readonly [name: string, tensor: tf.Tensor])[]

export const policy = { module: 'keras', class_name: 'DTypePolicy', config: { name: 'float32' }, registered_name: null }
export const initializer = (class_name: string) => ({
  module: 'keras.initializers',
  class_name,
  config: { seed: null },
  registered_name: null,
})
export const image = { batch_shape: [null, 8, 6, 3], dtype: 'float32', sparse: false, ragged: false, name: 'image' }

/** A layer as Keras 3 writes it. */
export const layer = (class_name: string, config: Json, inputs?: (string | [string, number])[]) => ({
  module: 'keras.layers',
  class_name,
  config: class_name === 'InputLayer' ? config : { trainable: true, dtype: policy, ...config },
  registered_name: null,
  ...(class_name !== 'InputLayer' && { build_config: { input_shape: [null, 8, 6, 3] } }),
  ...(inputs && { name: config.name, inbound_nodes: inputs.length > 0 ? [call(inputs)] : [] }),
})

export function call(inputs: readonly (string | [string, number])[]) {
  const tensors = inputs.map((input) => ({
    class_name: '__keras_tensor__',
    config: { shape: [null, 8, 6, 4], dtype: 'float32', keras_history: [...[input].flat(), 0, 0].slice(0, 3) },
  }))
  return {
    args: tensors.length > 1 ? [tensors] : tensors,
    kwargs: tensors.length > 1 ? {} : { training: false, mask: null },
  }
}

export const conv = (name: string, filters: number, more: Json = {}) => ({
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

export const depthwise = (name: string) => {
  const { filters: _, kernel_initializer: depthwise_initializer, ...config } = conv(name, 0, { activation: 'linear' })
  return { ...config, depth_multiplier: 1, depthwise_initializer }
}

export const norm = (name: string) => ({
  ...{ name, axis: -1, momentum: 0.99, epsilon: 0.001, center: true, scale: true, synchronized: false },
  ...{ beta_initializer: initializer('Zeros'), gamma_initializer: initializer('Ones') },
  ...{ moving_mean_initializer: initializer('Zeros'), moving_variance_initializer: initializer('Ones') },
})

export const dense = (name: string, units: number) => ({
  ...{ name, units, activation: 'softmax', use_bias: true, quantization_config: null },
  ...{ kernel_initializer: initializer('GlorotUniform'), bias_initializer: initializer('Zeros') },
})

export const functional = (layers: object[], more: Json = {}) => ({
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

/** Writes what the converter writes. */
export function write(model_config: object, weights: Weights, version = '3.5.0'): string {
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
