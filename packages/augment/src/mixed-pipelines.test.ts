import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { type Classifier, inlineExecutor, type Pipeline, run, type SimulationResult } from '@vatun/core'
import { lastValueFrom } from 'rxjs'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { defineAugmentation } from './augmentation.js'
import { axes } from './axes.js'
import { createRegistry } from './create-registry.js'
import { tinyClassifier, tinyDataset } from './fixtures/tiny-classifier.test.helper.js'
import { augmentations } from './registry.js'
import { seededRandom } from './seeded-random.js'
import { simulation } from './simulation.js'

/** Draws from the images' numbers, in main memory only where that is asked for. */
const grain = (name: string, onHost: boolean) =>
  defineAugmentation({
    name,
    label: name,
    parameters: [],
    apply: (images, _, { ids }) => {
      const draws = Array.from({ length: images.shape[0] }, (_, i) => 0.2 * seededRandom(ids![i]!)())
      return tf.clipByValue(tf.add(images, tf.tensor4d(draws, [draws.length, 1, 1, 1])), 0, 1) as tf.Tensor4D
    },
    ...(onHost && {
      applyOnHost: ({ data, n }, _, { ids }) => {
        const draws = Array.from({ length: n }, (_, i) => 0.2 * seededRandom(ids![i]!)())
        return data.map((value, i) => Math.min(1, value + draws[Math.floor((i * n) / data.length)]!))
      },
    }),
  })

const registry = createRegistry([...augmentations, grain('grainOnHost', true), grain('grain', false)])
const dataset = tinyDataset(13)
const indices = Array.from({ length: 13 }, (_, i) => i)
const rotation = axes.find(({ name }) => name === 'rotation')!
const shot = { name: 'shotNoise', variance: 0.01 }
const pipelines: readonly Pipeline[] = [
  [{ name: 'grainOnHost' }, { name: 'invert' }, { name: 'rotation', degrees: 0 }, { name: 'grain' }, shot],
  [{ name: 'grain' }, { name: 'rotation', degrees: 0 }, shot, { name: 'grainOnHost' }],
  [shot, { name: 'rotation', degrees: 0 }, { name: 'jpeg', quality: 70 }, { name: 'fgsm', epsilon: '2/255' }],
]

let classifier: ReturnType<typeof tinyClassifier>
let tensors = 0
beforeAll(async () => {
  // A backend of another name stands for one whose tensors are not in main memory.
  tf.registerBackend('device', tf.findBackendFactory('cpu')!)
  tf.copyRegisteredKernels('cpu', 'device')
  await tf.setBackend('cpu')
  classifier = tinyClassifier()
})
afterAll(() => classifier.dispose())
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(async () => {
  await tf.setBackend('cpu')
  expect(tf.memory().numTensors).toBe(tensors)
})

async function simulate(pipeline: Pipeline, shardSize: number): Promise<SimulationResult> {
  const analysis = simulation(rotation, { pipeline, registry, tolerance: 2 })
  const executor = inlineExecutor({ classifier, dataset })
  const last = await lastValueFrom(run(analysis, { executor, indices, shardSize }))
  if (last.kind !== 'value') throw new Error('no result')
  return last.value
}

it.each(pipelines.map((pipeline) => [pipeline.map(({ name }) => name).join(', '), pipeline] as const))(
  '%s: the same bits in any shards, and nearly the same on a device',
  async (_, pipeline) => {
    const whole = await simulate(pipeline, 13)
    expect(await simulate(pipeline, 1)).toEqual(whole)
    expect(await simulate(pipeline, 5)).toEqual(whole)
    await tf.setBackend('device')
    const device = await simulate(pipeline, 13)
    expect(await simulate(pipeline, 4)).toEqual(device)
    for (const [i, mean] of whole.softmax.mean.entries()) expect(device.softmax.mean[i]).toBeCloseTo(mean, 3)
  },
)

it('frees everything whenever it is cancelled or the classifier fails', async () => {
  for (const backend of ['cpu', 'device']) {
    await tf.setBackend(backend)
    for (const pipeline of pipelines)
      for (const pass of [1, 2, 6])
        for (const fails of [false, true]) {
          const controller = new AbortController()
          let passes = 0
          const stopping: Classifier = {
            ...classifier,
            predict: async (...request) => {
              if (++passes === pass && fails) throw new Error('enough')
              if (passes === pass) controller.abort(new Error('enough'))
              return classifier.predict(...request)
            },
          }
          const context = { classifier: stopping, dataset, signal: controller.signal }
          const { partial } = simulation(rotation, { pipeline, registry, tolerance: 0.1 })
          await expect(partial(context, indices)).rejects.toThrow('enough')
          expect(tf.memory().numTensors).toBe(tensors)
        }
  }
})
