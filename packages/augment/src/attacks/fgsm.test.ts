import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, toTensor } from '@vatun/core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from '../apply-pipeline.js'
import { largestDifference } from '../fixtures/golden.test.helper.js'
import { tinyClassifier, tinyDataset } from '../fixtures/tiny-classifier.test.helper.js'
import { fgsm } from './fgsm.js'
import { lossGradient, predictedLabels } from './loss-gradient.js'

let classifier: ReturnType<typeof tinyClassifier>
let model: DifferentiableModel
let images: tf.Tensor4D
let tensors = 0

const labels = [0, 1, 2, 0]

describe.each(['cpu', 'wasm'])('fgsm on %s', (backend) => {
  beforeAll(async () => {
    await tf.setBackend(backend)
    classifier = tinyClassifier()
    model = classifier.differentiable
    images = toTensor(await tinyDataset(4).images([0, 1, 2, 3]))
  })
  afterAll(() => {
    images.dispose()
    classifier.dispose()
  })
  beforeEach(() => {
    tensors = tf.memory().numTensors
  })
  afterEach(() => {
    expect(tf.memory().numTensors).toBe(tensors)
  })

  it('never leaves the epsilon ball nor [0, 1]', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (epsilon, targeted) => {
        tf.tidy(() => {
          const attacked = fgsm(model, images, labels, epsilon, { targeted }).dataSync()
          expect(attacked.every((v) => v >= 0 && v <= 1)).toBe(true)
          expect(largestDifference(attacked, images.dataSync())).toBeLessThanOrEqual(epsilon + 1e-7)
        })
      }),
      { numRuns: 20 },
    )
  })

  it('changes nothing at epsilon 0', () => {
    tf.tidy(() => {
      expect(fgsm(model, images, labels, 0).dataSync()).toEqual(images.dataSync())
    })
  })

  it('raises the loss, and towards a target lowers it', () => {
    tf.tidy(() => {
      const loss = (x: tf.Tensor4D) => {
        const p = tf.softmax(model.logits(x)).arraySync() as number[][]
        return p.reduce((sum, row, i) => sum - Math.log(row[labels[i]!]!), 0)
      }
      expect(loss(fgsm(model, images, labels, 0.01))).toBeGreaterThan(loss(images))
      expect(loss(fgsm(model, images, labels, 0.01, { targeted: true }))).toBeLessThan(loss(images))
    })
  })

  it('has the gradient that finite differences give', () => {
    tf.tidy(() => {
      const one = tf.slice(images, [1, 0, 0, 0], [1, -1, -1, -1])
      const analytic = lossGradient(model, one, [1]).dataSync()
      const loss = (data: Float32Array) => {
        const z = Array.from(model.logits(tf.tensor4d(data, [1, 8, 6, 3])).dataSync())
        return Math.log(z.reduce((sum, v) => sum + Math.exp(v), 0)) - z[1]!
      }
      const h = 1 / 1024
      for (let i = 0; i < analytic.length; i += 11) {
        const up = Float32Array.from(one.dataSync())
        const down = up.slice()
        up[i]! += h
        down[i]! -= h
        expect(analytic[i]).toBeCloseTo((loss(up) - loss(down)) / (2 * h), 2)
      }
    })
  })

  it('does not depend on the rest of the batch', () => {
    tf.tidy(() => {
      const together = lossGradient(model, images, labels)
      const alone = labels.map((label, i) =>
        lossGradient(model, tf.slice(images, [i, 0, 0, 0], [1, -1, -1, -1]), [label]),
      )
      expect(largestDifference(together.dataSync(), tf.concat(alone).dataSync())).toBeLessThan(1e-6)
    })
  })

  it('attacks the own prediction when a pipeline has no labels, and the target when it names one', () => {
    tf.tidy(() => {
      const own = predictedLabels(model, images)
      expect(applyPipeline(images, [{ name: 'fgsm', epsilon: 0.1 }], { classifier }).dataSync()).toEqual(
        fgsm(model, images, own, 0.1).dataSync(),
      )
      expect(
        applyPipeline(images, [{ name: 'fgsm', epsilon: 0.1, target: 2 }], { classifier, labels }).dataSync(),
      ).toEqual(fgsm(model, images, [2, 2, 2, 2], 0.1, { targeted: true }).dataSync())
    })
  })

  it('says what is wrong with labels and engines', () => {
    expect(() => fgsm(model, images, [0], 0.1)).toThrow('fgsm: 1 labels for 4 images')
    expect(() => fgsm(model, images, [0, 1, 2, 3], 0.1)).toThrow('fgsm: class 3 of image 3, expected 0 to 2')
    expect(() => fgsm(model, images, labels, -1)).toThrow(
      'fgsm: epsilon is -1, expected 0 to 1 or a fraction such as 8/255',
    )
    const { differentiable: _, ...native } = classifier
    const attack = [{ name: 'fgsm', epsilon: 0.1 }]
    expect(() => applyPipeline(images, attack, { classifier: native })).toThrow(
      'tiny runs on an engine without gradients',
    )
    expect(() => applyPipeline(images, attack)).toThrow('fgsm: no classifier to attack')
  })
})
