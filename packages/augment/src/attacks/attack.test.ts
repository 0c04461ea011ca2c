import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { argmax, type Classifier, type DifferentiableModel, type ImageBatch, toTensor } from '@vatun/core'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from '../apply-pipeline.js'
import { colourClassifier, colourDataset } from '../fixtures/colour-classifier.test.helper.js'
import { tinyClassifier, tinyDataset } from '../fixtures/tiny-classifier.test.helper.js'
import { attack } from './attack.js'
import type { Norm } from './attack-steps.js'
import { bim } from './bim.js'
import { controlNoise } from './control-noise.js'
import { fgsm } from './fgsm.js'
import { attackMargin } from './loss-gradient.js'
import { pgd } from './pgd.js'

const n = 5
const size = 8 * 6 * 3
const labels = [0, 1, 2, 0, 1]
let classifier: ReturnType<typeof tinyClassifier>
let model: DifferentiableModel
let batch: ImageBatch & { readonly data: Uint8Array }
let images: tf.Tensor4D
let tensors = 0

beforeAll(async () => {
  await tf.setBackend('cpu')
  classifier = tinyClassifier()
  model = classifier.differentiable
  batch = (await tinyDataset(n).images([0, 1, 2, 3, 4])) as typeof batch
  images = toTensor(batch)
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

/** Distances `[n]` of images in [0, 1] from the originals. */
function distances(changed: ArrayLike<number>, norm: Norm): number[] {
  const original = images.dataSync()
  return Array.from({ length: n }, (_, i) => {
    const changes = Array.from({ length: size }, (_, p) => Math.abs(changed[i * size + p]! - original[i * size + p]!))
    return norm === 'linf' ? Math.max(...changes) : Math.hypot(...changes)
  })
}

const radius = fc.double({ min: 0, max: 0.5, noNaN: true })
const norms = fc.constantFrom<Norm>('linf', 'l2')
const seeds = fc.nat(1000)

describe('attacks', () => {
  it('never leave the ball nor [0, 1]', () => {
    fc.assert(
      fc.property(radius, norms, seeds, fc.boolean(), (epsilon, norm, seed, targeted) => {
        tf.tidy(() => {
          const scaled = norm === 'l2' ? 4 * epsilon : epsilon
          const results = [
            [pgd(model, images, labels, scaled, { norm, seed, targeted, steps: 3, restarts: 2 }), norm],
            [controlNoise(images, scaled, { norm, seed }), norm],
            [bim(model, images, labels, scaled / 4, { steps: 3, targeted }), 'linf'],
          ] as const
          for (const [tensor, its] of results) {
            const values = tensor.dataSync()
            expect(values.every((v) => v >= 0 && v <= 1)).toBe(true)
            for (const distance of distances(values, its)) expect(distance).toBeLessThanOrEqual(scaled + 1e-6)
          }
        })
      }),
      { numRuns: 15 },
    )
  })

  it('keep within the ball when rounded to uint8', async () => {
    await fc.assert(
      fc.asyncProperty(radius, norms, seeds, async (epsilon, norm, seed) => {
        const step = { name: 'pgd', norm, epsilon, seed, steps: 2 }
        const { linf, l2, adversarial, perturbation } = await attack(classifier, batch, step, { labels })
        const reached = norm === 'linf' ? linf : l2
        for (const [i, distance] of reached.entries()) {
          expect(distance).toBeLessThanOrEqual(epsilon + 1e-6)
          expect(distance).toBeCloseTo(
            distances(
              Float32Array.from(adversarial.data, (v) => v / 255),
              norm,
            )[i]!,
            5,
          )
        }
        expect(adversarial.data).toEqual(batch.data.map((v, i) => v + Math.round(perturbation[i]! * 255)))
      }),
      { numRuns: 12 },
    )
  })

  it('lead farther than the control of the same size, and farther with more iterations', () => {
    tf.tidy(() => {
      const margin = (x: tf.Tensor4D) => Array.from(attackMargin(model, x, labels, false).dataSync())
      const mean = (x: tf.Tensor4D) => margin(x).reduce((a, b) => a + b) / n
      const noise = mean(controlNoise(images, '4/255'))
      const one = mean(fgsm(model, images, labels, '4/255'))
      const many = mean(bim(model, images, labels, '4/255'))
      expect(one).toBeLessThan(noise)
      expect(many).toBeLessThanOrEqual(one + 1e-6)
      const few = margin(pgd(model, images, labels, 0.02, { restarts: 1, steps: 3 }))
      const best = margin(pgd(model, images, labels, 0.02, { restarts: 5, steps: 3 }))
      for (const [i, m] of best.entries()) expect(m).toBeLessThanOrEqual(few[i]! + 1e-6)
    })
  })

  it('move as far as they may: FGSM and the control in both norms, PGD in its own', async () => {
    const middle = { ...batch, data: batch.data.map((v) => 40 + (v >> 1)) }
    for (const step of [{ name: 'fgsm' }, { name: 'controlNoise' }]) {
      const { linf, l2 } = await attack(classifier, middle, { ...step, epsilon: '8/255' }, { labels })
      for (const d of linf) expect(d).toBeCloseTo(8 / 255, 10)
      for (const d of l2) expect(d).toBeCloseTo((8 / 255) * Math.sqrt(size), 10)
    }
    const { l2 } = await attack(classifier, middle, { name: 'pgd', norm: 'l2', epsilon: 0.5 }, { labels })
    for (const d of l2) expect(d).toBeGreaterThan(0.45)
  })

  it('draw the same for a seed, whatever the batch', () => {
    tf.tidy(() => {
      const one = tf.slice(images, [3, 0, 0, 0], [1, -1, -1, -1])
      const together = controlNoise(images, 0.1, { seed: 7 })
        .dataSync()
        .slice(3 * size, 4 * size)
      expect(controlNoise(one, 0.1, { seed: 7, ids: [3] }).dataSync()).toEqual(together)
      expect(controlNoise(one, 0.1, { seed: 8, ids: [3] }).dataSync()).not.toEqual(together)
      const options = { steps: 2, seed: 3, restarts: 2 }
      expect(Array.from(pgd(model, one, [0], 0.1, { ...options, ids: [3] }).dataSync())).toEqual(
        Array.from(
          pgd(model, images, labels, 0.1, options)
            .dataSync()
            .slice(3 * size, 4 * size),
        ),
      )
    })
  })

  it('are steps of pipelines', () => {
    tf.tidy(() => {
      expect(
        applyPipeline(images, [{ name: 'bim', epsilon: '2/255', steps: 3 }], { classifier, labels }).dataSync(),
      ).toEqual(bim(model, images, labels, 2 / 255, { steps: 3 }).dataSync())
      const step = { name: 'pgd', epsilon: 0.3, norm: 'l2', steps: 2, alpha: '1/10', seed: 4, target: 2 }
      expect(applyPipeline(images, [step], { classifier }).dataSync()).toEqual(
        pgd(model, images, [2, 2, 2, 2, 2], 0.3, {
          norm: 'l2',
          steps: 2,
          alpha: 0.1,
          seed: 4,
          targeted: true,
        }).dataSync(),
      )
      expect(applyPipeline(images, [{ name: 'controlNoise', epsilon: 0.2 }]).dataSync()).toEqual(
        controlNoise(images, 0.2).dataSync(),
      )
    })
  })
})

describe('attack', () => {
  it('tells success by predicting what it returns', async () => {
    const { adversarial, after, before, success } = await attack(
      classifier,
      batch,
      { name: 'bim', epsilon: 0.2 },
      { labels },
    )
    const predict = async (x: ImageBatch) => {
      const { probabilities } = await classifier.predict(x)
      return labels.map((_, i) => argmax(probabilities, 3 * i, 3))
    }
    expect(Array.from(after)).toEqual(await predict(adversarial))
    expect(Array.from(before)).toEqual(await predict(batch))
    expect(success).toEqual(labels.map((label, i) => after[i] !== label))
    expect(success).toContain(true)
  })

  it('leads towards a target', async () => {
    const colours = colourClassifier()
    const some = await colourDataset(n).images([0, 1, 2, 3, 4])
    for (const target of [0, 1, 2]) {
      const { before, after, success } = await attack(colours, some, { name: 'pgd', epsilon: 0.7, target })
      expect(success).toEqual(Array.from(after, (p) => p === target))
      expect(success.filter(Boolean).length).toBeGreaterThan(before.filter((p) => p === target).length)
    }
  })

  it('leads away from the own prediction without labels, and changes nothing at epsilon 0', async () => {
    const { labels: from, before, after, linf } = await attack(classifier, batch, { name: 'pgd', epsilon: 0 })
    expect(from).toEqual(before)
    expect(after).toEqual(before)
    expect(Array.from(linf)).toEqual([0, 0, 0, 0, 0])
  })

  it('stops between iterations and frees everything', async () => {
    for (const name of ['bim', 'pgd']) {
      const controller = new AbortController()
      let gradients = 0
      const counting: Classifier = {
        ...classifier,
        differentiable: {
          ...model,
          logits(x) {
            if (++gradients === 3) controller.abort(new Error('enough'))
            return model.logits(x)
          },
        },
      }
      const step = { name, epsilon: 0.1, steps: 50 }
      const done = attack(counting, batch, step, { labels, signal: controller.signal })
      await expect(done).rejects.toThrow('enough')
      expect(gradients).toBe(3)
    }
  })

  it('frees everything when the model fails half way', async () => {
    let gradients = 0
    const failing: Classifier = {
      ...classifier,
      differentiable: {
        ...model,
        logits(x) {
          if (++gradients === 3) throw new Error('engine gone')
          return model.logits(x)
        },
      },
    }
    const before = tf.memory().numTensors
    await expect(attack(failing, batch, { name: 'pgd', epsilon: 0.1 }, { labels })).rejects.toThrow('engine gone')
    expect(tf.memory().numTensors).toBe(before)
  })

  it.each([
    [{ name: 'hue', degrees: 3 }, {}, 'attack: no attack "hue", expected one of fgsm, bim, pgd, controlNoise'],
    [{ name: 'bim', epsilon: '8/0' }, {}, 'bim: epsilon is "8/0", expected a number from 0 to 1'],
    [{ name: 'pgd', epsilon: 0.1, norm: 'l1' }, {}, 'norm is "l1", expected one of linf, l2'],
    [{ name: 'bim', epsilon: 0.1, steps: 0 }, {}, 'steps is 0, expected a whole number'],
    [{ name: 'bim', epsilon: 0.1 }, { labels: [0] }, 'attack: 1 labels for 5 images'],
    [{ name: 'bim', epsilon: 0.1, target: 3 }, {}, 'attack: class 3 of image 0, expected 0 to 2'],
  ])('explains %j', async (step, options, message) => {
    await expect(attack(classifier, batch, step, options)).rejects.toThrow(message)
  })

  it('refuses engines without gradients, but not for the control', async () => {
    const { differentiable: _, ...native } = classifier
    await expect(attack(native, batch, { name: 'bim', epsilon: 0.1 })).rejects.toThrow('an engine without gradients')
    expect((await attack(native, batch, { name: 'controlNoise', epsilon: 0.1 })).after.length).toBe(n)
  })
})
