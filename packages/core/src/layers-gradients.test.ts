import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { largestDifference } from './golden.test.data.js'
import { openLayersModel } from './layers.js'
import { slopeError } from './slope-error.test.data.js'

type Map4D = tfl.SymbolicTensor
const { layers } = tfl
const then = (layer: tfl.layers.Layer, ...inputs: Map4D[]) =>
  layer.apply(inputs.length === 1 ? inputs[0]! : inputs) as Map4D

/** Each from a map `[n, 7, 6, 4]` to a map. */
const blocks: Record<string, (x: Map4D) => Map4D> = {
  'nearest enlargement': (x) => then(layers.upSampling2d({ size: [2, 3] }), x),
  'bilinear enlargement': (x) => then(layers.upSampling2d({ size: [3, 2], interpolation: 'bilinear' }), x),
  'transposed convolution': (x) =>
    then(layers.conv2dTranspose({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', activation: 'elu' }), x),
  'transposed convolution without padding': (x) =>
    then(layers.conv2dTranspose({ filters: 2, kernelSize: [3, 2], strides: [2, 1] }), x),
  'dilated convolution': (x) =>
    then(layers.conv2d({ filters: 3, kernelSize: 3, dilationRate: 2, padding: 'same', activation: 'tanh' }), x),
  'dilated depthwise convolution': (x) =>
    then(layers.depthwiseConv2d({ kernelSize: 3, dilationRate: 2, padding: 'same', depthMultiplier: 2 }), x),
  'depthwise convolution': (x) =>
    then(layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', activation: 'sigmoid' }), x),
  'separable convolution': (x) =>
    then(layers.separableConv2d({ filters: 5, kernelSize: 3, depthMultiplier: 2, activation: 'elu' }), x),
  'separable convolution with strides': (x) =>
    then(layers.separableConv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same' }), x),
  'separable convolution, dilated': (x) =>
    then(layers.separableConv2d({ filters: 5, kernelSize: 3, dilationRate: 2, padding: 'same' }), x),
  'padded average': (x) => then(layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x),
  'padded maximum': (x) => then(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x),
  prelu: (x) => then(layers.prelu({ alphaInitializer: 'randomUniform', sharedAxes: [1, 2] }), x),
  'prelu for each place': (x) => then(layers.prelu({ alphaInitializer: 'randomUniform' }), x),
  'leaky relu': (x) => then(layers.leakyReLU({ alpha: 0.2 }), x),
  'relu with a limit': (x) => then(layers.reLU({ maxValue: 0.5 }), x),
  'thresholded relu': (x) => then(layers.thresholdedReLU({ theta: 0.1 }), x),
  'swish activation': (x) => then(layers.activation({ activation: 'swish' }), x),
  'gelu activation': (x) => then(layers.activation({ activation: 'gelu' }), x),
  'mish activation': (x) => then(layers.activation({ activation: 'mish' }), x),
  'hard sigmoid activation': (x) => then(layers.activation({ activation: 'hardSigmoid' }), x),
  'layer normalisation': (x) => then(layers.layerNormalization({}), x),
  'layer normalisation without scale and offset': (x) =>
    then(layers.layerNormalization({ scale: false, center: false }), x),
  'layer normalisation over two axes': (x) => then(layers.layerNormalization({ axis: [2, 3] }), x),
  'batch normalisation': (x) => then(layers.batchNormalization({}), x),
  'softmax over channels': (x) => then(layers.multiply(), x, then(layers.softmax({ axis: -1 }), x)),
  'squeeze and excitation': (x) => {
    const mean = then(layers.reshape({ targetShape: [1, 1, 4] }), then(layers.globalAveragePooling2d({}), x))
    const scale = then(layers.conv2d({ filters: 4, kernelSize: 1, activation: 'sigmoid' }), mean)
    return then(layers.multiply(), x, scale)
  },
  'cropping, borders, permutation': (x) => {
    const cropped = then(
      layers.cropping2D({
        cropping: [
          [1, 0],
          [0, 2],
        ],
      }),
      x,
    )
    return then(
      layers.permute({ dims: [2, 1, 3] }),
      then(
        layers.zeroPadding2d({
          padding: [
            [0, 1],
            [2, 0],
          ],
        }),
        cropped,
      ),
    )
  },
  'concatenation, average and maximum': (x) => {
    const bent = then(layers.activation({ activation: 'tanh' }), x)
    const joined = [then(layers.average(), x, bent), then(layers.maximum(), x, bent), then(layers.minimum(), x, bent)]
    return then(layers.concatenate(), ...joined)
  },
  rescaling: (x) => then(layers.rescaling({ scale: 0.5, offset: -1 }), x),
}

describe.each(['cpu', 'wasm'])('on %s', (backend) => {
  it.each(Object.entries(blocks))('%s: forward as tfjs, gradient as differences', async (_, block) => {
    await tf.setBackend(backend)
    const before = tf.memory().numTensors
    const image = tfl.input({ shape: [7, 6, 4] })
    const x = then(layers.conv2d({ filters: 4, kernelSize: 1 }), image)
    const model = tfl.model({ inputs: image, outputs: then(layers.flatten(), block(x)) })
    const weights = model
      .getWeights()
      .map(({ shape, rank }, i) => tf.randomUniform(shape, rank > 1 ? -1 : 0.3, 1, 'float32', i + 1))
    model.setWeights(weights)
    tf.dispose(weights)
    const classifier = await openLayersModel(model, { preprocessing: 'none', output: 'logits' })
    const images = tf.randomNormal<tf.Rank.R4>([2, 7, 6, 4], 0, 1, 'float32', 5)
    const { logits } = await classifier.predict(images)
    const expected = tf.tidy(() => (model.predict(images) as tf.Tensor).dataSync())
    expect(largestDifference(logits, expected)).toBeLessThan(1e-5)
    expect(
      slopeError((pixels) => {
        const scores = classifier.differentiable!.logits(pixels as tf.Tensor4D)
        return tf.sum(tf.mul(scores, tf.randomNormal(scores.shape, 0, 1, 'float32', 9)))
      }, images),
    ).toBeLessThan(0.02)
    for (const owned of [images, classifier, model]) owned.dispose()
    expect(tf.memory().numTensors).toBe(before)
  })
})
