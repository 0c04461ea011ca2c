import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import {
  type Axis,
  argmax,
  inlineExecutor,
  pairMeans,
  run,
  type SimulationResult,
  type Step,
  toTensor,
} from '@vatun/core'
import { lastValueFrom } from 'rxjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { axes, stepOf } from './axes.js'
import { tinyClassifier, tinyDataset } from './fixtures/tiny-classifier.test.helper.js'
import { simulation } from './simulation.js'
import type { SimulationPartial } from './simulation-sums.js'

let classifier: ReturnType<typeof tinyClassifier>
let tensors = 0
const indices = Array.from({ length: 37 }, (_, i) => i)
const dataset = tinyDataset(indices.length)
const axisOf = (name: string): Axis => axes.find((axis) => axis.name === name)!
const signal = new AbortController().signal

beforeAll(async () => {
  await tf.setBackend('cpu')
  classifier = tinyClassifier()
})
afterAll(() => classifier.dispose())
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

async function simulate(axis: Axis, shardSize: number, data = dataset): Promise<SimulationResult> {
  const executor = inlineExecutor({ classifier, dataset: data })
  const chosen = indices.slice(0, data.length)
  const last: Step<SimulationResult> = await lastValueFrom(
    run(simulation(axis), { executor, indices: chosen, shardSize }),
  )
  if (last.kind !== 'value') throw new Error('no result')
  return last.value
}

describe('simulation', () => {
  it.each(['rotation', 'blur', 'fgsm'])(
    'gives the means, deviations and accuracies of a plain loop: %s',
    async (name) => {
      const axis = axisOf(name)
      const result = await simulate(axis, 10)
      const degrees = axis.degrees.length
      expect(Array.from(result.counts)).toEqual([13, 12, 12])
      for (let d = 0; d < degrees; d += 3) {
        const rows: number[][] = []
        for (const i of indices) {
          const x = toTensor(await dataset.images([i]))
          const changed = applyPipeline(x, [stepOf(axis, axis.degrees[d]!)], { classifier, labels: [dataset.label(i)] })
          rows.push(Array.from((await classifier.predict(changed)).probabilities))
          tf.dispose([x, changed])
        }
        for (let t = 0; t < 3; t++) {
          const own = rows.filter((_, i) => dataset.label(i) === t)
          expect(result.accuracy[t * degrees + d]).toBeCloseTo(
            own.filter((r) => argmax(r) === t).length / own.length,
            10,
          )
          for (let c = 0; c < 3; c++) {
            const mean = own.reduce((sum, r) => sum + r[c]!, 0) / own.length
            const s = Math.sqrt(own.reduce((sum, r) => sum + (r[c]! - mean) ** 2, 0) / (own.length - 1))
            const found = pairMeans(result, t, c)
            expect(found.mean[d]).toBeCloseTo(mean, 6)
            expect(found.halfWidth[d]).toBeCloseTo((1.96 * s) / Math.sqrt(own.length), 4)
          }
        }
      }
    },
  )

  it('merges associatively to the bit, in any order', async () => {
    const analysis = simulation(axisOf('brightness'))
    const context = { classifier, dataset, signal }
    const [a, b, c] = (await Promise.all(
      [indices.slice(0, 5), indices.slice(5, 20), indices.slice(20)].map((part) => analysis.partial(context, part)),
    )) as [SimulationPartial, SimulationPartial, SimulationPartial]
    const left = analysis.merge(analysis.merge(a, b), c)
    expect(analysis.merge(a, analysis.merge(b, c))).toEqual(left)
    expect(analysis.merge(c, analysis.merge(a, b))).toEqual(left)
  })

  it('says NaN where there is nothing to average or to spread', async () => {
    const result = await simulate(axisOf('blur'), 1, tinyDataset(1, true))
    const degrees = result.degrees.length
    expect(Array.from(result.counts)).toEqual([1, 0, 0])
    expect([...result.softmax.label]).toEqual([0, 0, 0])
    expect(result.softmax.mean.every(Number.isFinite)).toBe(true)
    expect(result.softmax.halfWidth.every(Number.isNaN)).toBe(true)
    expect(pairMeans(result, 1, 0).mean.every(Number.isNaN)).toBe(true)
    expect(result.accuracy.slice(degrees).every(Number.isNaN)).toBe(true)
  })

  it('has probabilities that sum to 1 and the plain accuracy at the identity', async () => {
    const result = await simulate(axisOf('fgsm'), 37)
    const { probabilities } = await classifier.predict(await dataset.images(indices))
    for (let t = 0; t < 3; t++) {
      const own = indices.filter((i) => dataset.label(i) === t)
      const right = own.filter((i) => argmax(probabilities, i * 3, 3) === t).length
      expect(result.accuracy[t * result.degrees.length]).toBe(right / own.length)
      const sum = [0, 1, 2].reduce((total, c) => total + pairMeans(result, t, c).mean[0]!, 0)
      expect(sum).toBeCloseTo(1, 6)
    }
  })

  it('stops before the next forward pass when cancelled, and frees everything', async () => {
    const controller = new AbortController()
    let passes = 0
    const counting = {
      ...classifier,
      predict: (...args: Parameters<typeof classifier.predict>) => {
        if (++passes === 2) controller.abort(new Error('enough'))
        return classifier.predict(...args)
      },
    }
    const context = { classifier: counting, dataset, signal: controller.signal }
    await expect(simulation(axisOf('fgsm')).partial(context, indices)).rejects.toThrow('enough')
    expect(passes).toBe(2)
  })

  it('frees everything when the classifier fails', async () => {
    const failing = { ...classifier, predict: () => Promise.reject(new Error('engine gone')) }
    const context = { classifier: failing, dataset, signal }
    await expect(simulation(axisOf('fgsm')).partial(context, [0, 1])).rejects.toThrow('engine gone')
  })

  it('refuses axes and labels that make no sense', async () => {
    expect(() => simulation({ ...axisOf('hue'), name: 'colour' })).toThrow('no augmentation "colour"')
    expect(() => simulation({ ...axisOf('hue'), degrees: [] })).toThrow('has no degrees')
    expect(() => simulation({ ...axisOf('hue'), degrees: [999] })).toThrow('degrees is 999')
    const odd = { ...tinyDataset(2), label: () => 3 }
    await expect(simulation(axisOf('hue')).partial({ classifier, dataset: odd, signal }, [0])).rejects.toThrow(
      'image 0 has label 3, expected 0 to 2',
    )
  })

  it('is named by JSON that builds the same analysis', () => {
    const { spec } = simulation(axisOf('fgsm'))
    const copy = JSON.parse(JSON.stringify(spec)) as typeof spec
    expect(simulation(copy.params.axis as Axis).spec).toEqual(spec)
  })

  it('keeps only the classes of a shard, and shares what need not be added', async () => {
    const analysis = simulation(axisOf('hue'))
    const context = { classifier, dataset, signal }
    const [a, b] = [await analysis.partial(context, [0, 3]), await analysis.partial(context, [2])]
    expect(a.sums.map((s) => [s.label, s.images])).toEqual([[0, 2]])
    const merged = analysis.merge(b, a)
    expect(merged.sums.map((s) => s.label)).toEqual([0, 2])
    expect(merged.sums[0]).toBe(a.sums[0])
  })
})
