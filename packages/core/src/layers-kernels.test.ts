import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import { relativeError } from './golden.test.data.js'
import { openLayersModel } from './layers.js'

const preprocessing = { mean: [0], std: [1] }

describe.each(['cpu', 'wasm'])('gradients on %s', (backend) => {
  it.each([
    [true, true],
    [false, true],
    [true, false],
    [false, false],
  ])('of batch normalisation with scale %s and offset %s', async (scale, center) => {
    await tf.setBackend(backend)
    // With other weights each time, a rectifier's kink lies within the step now and then.
    const kernelInitializer = tfl.initializers.glorotUniform({ seed: 5 })
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ inputShape: [4, 5, 3], filters: 4, kernelSize: 3, activation: 'relu', kernelInitializer }),
        tfl.layers.batchNormalization({ scale, center }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 2, kernelInitializer }),
      ],
    })
    const norm = model.layers[1]!
    norm.setWeights(norm.getWeights().map(({ shape }, i) => tf.randomUniform(shape, 0.5, 2, 'float32', i + 1)))
    const classifier = await openLayersModel(model, { name: 'net', classNames: ['a', 'b'], preprocessing })
    const images = tf.randomUniform([2, 4, 5, 3], 0, 1, 'float32', 3) as tf.Tensor4D
    const { logits } = classifier.differentiable!
    const { logits: plain } = await classifier.predict(images)
    const found = tf.tidy(() => logits(images).dataSync())
    expect(relativeError(found, plain)).toBeLessThan(1e-5)
    // Along the gradient, the logits change by its squared norm.
    const [slope, change] = tf.tidy(() => {
      const gradient = tf.grad((x) => tf.sum(logits(x as tf.Tensor4D)))(images) as tf.Tensor4D
      const step = tf.mul(gradient, 1e-3) as tf.Tensor4D
      const sum = (x: tf.Tensor4D): number => tf.sum(logits(x)).dataSync()[0]!
      const difference = sum(tf.add(images, step)) - sum(tf.sub(images, step))
      return [tf.sum(tf.square(gradient)).dataSync()[0]!, difference / 2e-3]
    })
    expect(change / slope).toBeCloseTo(1, 1)
    classifier.dispose()
    model.dispose()
    images.dispose()
  })
})
