import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { type Axis, argmax, inlineExecutor, run, type SimulationGridResult, toTensor } from '@vatun/core'
import { lastValueFrom } from 'rxjs'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { axes, stepOf } from './axes.js'
import { colourClassifier, colourDataset } from './fixtures/colour-classifier.test.helper.js'
import { simulation } from './simulation.js'
import { simulationGrid } from './simulation-grid.js'

const dataset = colourDataset(40)
const indices = Array.from({ length: 40 }, (_, i) => i)
const axisOf = (name: string, degrees: readonly number[]): Axis => ({ ...axes.find((a) => a.name === name)!, degrees })
const hue = axisOf('hue', [-60, 0, 90])
const fgsm = axisOf('fgsm', [0, 0.1])
const classifier = colourClassifier()
let tensors = 0

beforeAll(async () => {
  await tf.setBackend('cpu')
})
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

async function simulate(first: Axis, second: Axis, shardSize: number): Promise<SimulationGridResult> {
  const executor = inlineExecutor({ classifier, dataset })
  const last = await lastValueFrom(run(simulationGrid(first, second), { executor, indices, shardSize }))
  if (last.kind !== 'value') throw new Error('no result')
  return last.value
}

it('is what pipelines of two steps give', async () => {
  const result = await simulate(hue, fgsm, 15)
  expect(result.axes).toEqual([hue, fgsm])
  expect(result.perClass.accuracy.rate.length).toBe(3 * 3 * 2)
  const x = toTensor(await dataset.images(indices))
  const labels = indices.map((i) => dataset.label(i))
  const before = (await classifier.predict(x)).probabilities
  for (const [i, turn] of hue.degrees.entries())
    for (const [j, epsilon] of fgsm.degrees.entries()) {
      const changed = applyPipeline(x, [stepOf(hue, turn), stepOf(fgsm, epsilon)], { classifier, labels })
      const { probabilities: p } = await classifier.predict(changed)
      changed.dispose()
      const cell = i * 2 + j
      const right = labels.filter((label, k) => argmax(p, 3 * k, 3) === label).length
      expect(result.overall.accuracy.rate[cell]).toBe(right / 40)
      const flipped = indices.filter((k) => argmax(p, 3 * k, 3) !== argmax(before, 3 * k, 3)).length
      expect(result.overall.flips.rate[cell]).toBe(flipped / 40)
      const confidence = labels.reduce((sum, label, k) => sum + p[3 * k + label]!, 0) / 40
      expect(result.overall.confidence.mean[cell]).toBeCloseTo(confidence, 6)
    }
  x.dispose()
})

it('holds the simulations of both changes in its edges', async () => {
  const blur = axisOf('blur', [0, 2])
  const brightness = axisOf('brightness', [-0.6, 0, 0.6])
  const grid = await simulate(brightness, blur, 40)
  const context = { classifier, dataset, signal: new AbortController().signal }
  const one = simulation(brightness)
  const { details } = one.finish(await one.partial(context, indices))
  for (const name of ['accuracy', 'flips'] as const)
    expect([0, 1, 2].map((i) => grid.overall[name].rate[2 * i])).toEqual(Array.from(details!.overall[name].rate))
  const two = simulation(blur)
  const other = two.finish(await two.partial(context, indices)).details!
  expect(Array.from(grid.overall.margin.mean.subarray(2, 4))).toEqual(Array.from(other.overall.margin.mean))
})

it('does not depend on how images are shared out, and names itself by JSON', async () => {
  expect(await simulate(hue, fgsm, 7)).toEqual(await simulate(hue, fgsm, 40))
  const { spec } = simulationGrid(hue, fgsm)
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  expect(() => simulationGrid(hue, { ...fgsm, degrees: [] })).toThrow('has no degrees')
})

it('frees everything when cancelled', async () => {
  const controller = new AbortController()
  let passes = 0
  const counting = {
    ...classifier,
    predict(images: Parameters<typeof classifier.predict>[0]) {
      if (++passes === 3) controller.abort(new Error('enough'))
      return classifier.predict(images)
    },
  }
  const context = { classifier: counting, dataset, signal: controller.signal }
  await expect(simulationGrid(hue, fgsm).partial(context, indices)).rejects.toThrow('enough')
  expect(passes).toBe(3)
})
