import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import {
  type Axis,
  argmax,
  breakingDistribution,
  type Dataset,
  inlineExecutor,
  type Pipeline,
  pairMeans,
  run,
  type SimulationResult,
  type Step,
  toTensor,
  wilsonInterval,
} from '@vatun/core'
import fc from 'fast-check'
import { lastValueFrom, toArray } from 'rxjs'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { applyPipeline } from './apply-pipeline.js'
import { axes, withMagnitude } from './axes.js'
import { colourClassifier, colourDataset } from './fixtures/colour-classifier.test.helper.js'
import { type SimulationOptions, simulation } from './simulation.js'
import { flipMatrix } from './simulation-flips.js'
import type { SimulationPartial } from './simulation-sums.js'

const dataset = colourDataset(60)
const indices = Array.from({ length: 60 }, (_, i) => (i * 7) % 60)
const signal = new AbortController().signal
const axisOf = (name: string): Axis => axes.find((axis) => axis.name === name)!
let classifier: ReturnType<typeof colourClassifier>
let tensors = 0

beforeAll(async () => {
  await tf.setBackend('cpu')
  classifier = colourClassifier()
})
afterAll(() => classifier.dispose())
beforeEach(() => {
  tensors = tf.memory().numTensors
})
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors)
})

async function simulate(
  axis: Axis,
  options: SimulationOptions = {},
  shardSize = 25,
): Promise<Required<SimulationResult>> {
  const executor = inlineExecutor({ classifier, dataset })
  const last: Step<SimulationResult> = await lastValueFrom(
    run(simulation(axis, options), { executor, indices, shardSize }),
  )
  if (last.kind !== 'value' || !last.value.details) throw new Error('no result')
  return last.value as Required<SimulationResult>
}

/** Softmax of one image under a pipeline, the slow way. */
async function softmaxOf(index: number, pipeline: Pipeline): Promise<readonly number[]> {
  const x = toTensor(await dataset.images([index]))
  const changed = applyPipeline(x, pipeline, { classifier, labels: [dataset.label(index)], ids: [index] })
  const { probabilities } = await classifier.predict(changed)
  tf.dispose([x, changed])
  return Array.from(probabilities)
}

describe.each([
  ['hue', []],
  ['fgsm', []],
  [
    'brightness',
    [
      { name: 'hue', degrees: 20 },
      { name: 'brightness', amount: 0.9 },
      { name: 'blur', sigma: 1 },
    ],
  ],
] as const)('simulation of %s after %j', (name, pipeline) => {
  const axis = { ...axisOf(name), degrees: axisOf(name).degrees.filter((_, i) => i % 2 === 0) }
  // Without the identity on the grid, too.
  if (name === 'fgsm') axis.degrees = [0.05, 0.1, 0.3]
  const D = axis.degrees.length
  let result: Required<SimulationResult>
  let rows: { index: number; label: number; unchanged: readonly number[]; changed: (readonly number[])[] }[]

  beforeAll(async () => {
    result = await simulate(axis, { pipeline, worst: 3 })
    rows = []
    for (const index of indices) {
      const changed = []
      for (const degree of axis.degrees) changed.push(await softmaxOf(index, withMagnitude(pipeline, axis, degree)))
      const unchanged = await softmaxOf(index, withMagnitude(pipeline, axis, axis.identity))
      rows.push({ index, label: dataset.label(index), unchanged, changed })
    }
  })

  it('counts accuracy, flips and margins like a plain loop', () => {
    const { perClass, overall } = result.details
    for (const [curves, own, offset] of [
      [overall, rows, 0],
      ...[0, 1, 2].map((t) => [perClass, rows.filter(({ label }) => label === t), t * D] as const),
    ] as const)
      for (let d = 0; d < D; d++) {
        const right = own.filter((r) => argmax(r.changed[d]!) === r.label).length
        const flipped = own.filter((r) => argmax(r.changed[d]!) !== argmax(r.unchanged)).length
        expect(curves.accuracy.rate[offset + d]).toBe(right / own.length)
        expect([curves.accuracy.low[offset + d], curves.accuracy.high[offset + d]]).toEqual(
          wilsonInterval(right, own.length),
        )
        expect(curves.flips.rate[offset + d]).toBe(flipped / own.length)
        const margins = own.map(
          (r) => r.changed[d]![r.label]! - Math.max(...r.changed[d]!.filter((_, c) => c !== r.label)),
        )
        const mean = margins.reduce((a, b) => a + b) / own.length
        const s = Math.sqrt(margins.reduce((sum, m) => sum + (m - mean) ** 2, 0) / (own.length - 1))
        expect(curves.margin.mean[offset + d]).toBeCloseTo(mean, 6)
        expect(curves.margin.halfWidth[offset + d]).toBeCloseTo((1.96 * s) / Math.sqrt(own.length), 4)
        const confidence = own.reduce((sum, r) => sum + r.changed[d]![r.label]!, 0) / own.length
        expect(curves.confidence.mean[offset + d]).toBeCloseTo(confidence, 6)
      }
    expect(overall.flips.rate.some((rate) => rate > 0.1)).toBe(true)
  })

  it('knows what predictions turn into', () => {
    const matrices = axis.degrees.map((_, d) => {
      const matrix = new Uint32Array(9)
      for (const r of rows) {
        const [from, to] = [argmax(r.unchanged), argmax(r.changed[d]!)]
        if (from !== to) matrix[from * 3 + to]!++
      }
      return matrix
    })
    const totals = matrices.map((matrix) => matrix.reduce((a, b) => a + b))
    for (const [d, matrix] of matrices.entries()) expect(flipMatrix(result, d)).toEqual(matrix)
    expect(flipMatrix(result)).toEqual(matrices[argmax(totals)])
  })

  it('names the images of each class that lose most confidence', () => {
    const drops = rows.map((r) => {
      const values = r.changed.map((row) => row[r.label]!)
      const degree = values.indexOf(Math.min(...values))
      return { ...r, degree, drop: r.unchanged[r.label]! - values[degree]! }
    })
    drops.sort((a, b) => b.drop - a.drop || a.index - b.index)
    const { worst } = result.details
    const expected = drops.filter((r, k) => drops.slice(0, k).filter(({ label }) => label === r.label).length < 3)
    expect(expected.length).toBeLessThan(drops.length)
    expect(Array.from(worst.index)).toEqual(expected.map(({ index }) => index))
    for (const [k, r] of expected.entries()) {
      expect(worst.label[k]).toBe(r.label)
      expect(worst.degree[k]).toBe(r.degree)
      expect(worst.predicted[k]).toBe(argmax(r.changed[r.degree]!))
      expect(worst.unchanged[k]! - worst.changed[k]!).toBeCloseTo(r.drop, 5)
    }
  })

  it('finds where each image breaks', () => {
    const { breaking } = result.details
    expect(Array.from(breaking.index)).toEqual([...indices].sort((a, b) => a - b))
    for (const r of rows) {
      const at = breaking.index.indexOf(r.index)
      const wrong = axis.degrees.filter((_, d) => argmax(r.changed[d]!) !== r.label)
      const always = argmax(r.unchanged) !== r.label
      expect(breaking.label[at]).toBe(r.label)
      expect(breaking.below[at]).toBe(
        always ? axis.identity : (wrong.filter((d) => d < axis.identity).at(-1) ?? Number.NaN),
      )
      expect(breaking.above[at]).toBe(always ? axis.identity : (wrong.find((d) => d > axis.identity) ?? Number.NaN))
    }
    const distribution = breakingDistribution(result, 1)
    const own = rows.filter(({ label }) => label === 1)
    expect(distribution.images).toBe(own.length)
    expect(distribution.distances.length + distribution.unbroken).toBe(own.length)
    expect([...distribution.distances]).toEqual([...distribution.distances].sort((a, b) => a - b))
  })
})

describe('smallest breaking magnitude', () => {
  it.each([
    ['hue', 0.5],
    ['fgsm', 1 / 255],
  ])('is found between the degrees to a tolerance: %s', async (name, tolerance) => {
    const axis = axisOf(name)
    const { details } = await simulate(axis, { tolerance }, 60)
    expect(details.breaking.tolerance).toBe(tolerance)
    const spacing = Math.max(...axis.degrees.slice(1).map((d, i) => d - axis.degrees[i]!))
    const fine = Array.from({ length: 1 + Math.ceil(axis.max / (tolerance / 2)) }, (_, i) => (i * tolerance) / 2)
    let broken = 0
    for (const [at, index] of details.breaking.index.entries()) {
      if (at % 6 !== 0) continue
      const label = details.breaking.label[at]!
      const isWrong = async (degree: number) => {
        const softmax = await softmaxOf(index, withMagnitude([], axis, degree))
        return argmax(softmax) !== label
      }
      const found = details.breaking.above[at]!
      // These colours are lost once along the way, so that a walk in small steps finds the same place.
      const first = await fine.reduce<Promise<number>>(
        async (before, degree) => (Number.isNaN(await before) && (await isWrong(degree)) ? degree : before),
        Promise.resolve(Number.NaN),
      )
      if (Number.isNaN(found)) continue
      broken++
      expect(await isWrong(found)).toBe(true)
      expect(Math.abs(found - first)).toBeLessThanOrEqual(tolerance)
      expect(spacing).toBeGreaterThan(tolerance)
    }
    expect(broken).toBeGreaterThan(3)
  })
})

describe('sharing out', () => {
  it('gives the same bits in any grouping and order', async () => {
    const analysis = simulation(axisOf('hue'), { tolerance: 5, worst: 4 })
    const singles: SimulationPartial[] = []
    for (const index of indices.slice(0, 24))
      singles.push(await analysis.partial({ classifier, dataset, signal }, [index]))
    const whole = await analysis.partial({ classifier, dataset, signal }, indices.slice(0, 24))
    const order = fc.shuffledSubarray(singles, { minLength: singles.length })
    const tree = (parts: readonly SimulationPartial[], cuts: readonly number[]): SimulationPartial => {
      if (parts.length === 1) return parts[0]!
      const cut = 1 + (cuts[parts.length % cuts.length]! % (parts.length - 1))
      return analysis.merge(tree(parts.slice(0, cut), cuts), tree(parts.slice(cut), cuts))
    }
    fc.assert(
      fc.property(order, fc.array(fc.nat(100), { minLength: 1, maxLength: 9 }), (parts, cuts) => {
        expect(tree(parts, cuts)).toEqual(whole)
      }),
      { numRuns: 30 },
    )
    expect(analysis.finish(tree(singles, [1]))).toEqual(analysis.finish(whole))
  })

  it('says something from the first batch on', async () => {
    const executor = inlineExecutor({ classifier, dataset })
    const steps = await lastValueFrom(
      run(simulation(axisOf('blur')), { executor, indices, shardSize: 10, refreshInterval: 0 }).pipe(toArray()),
    )
    const values = steps.flatMap((step) => (step.kind === 'value' ? [step] : []))
    expect(values.map(({ progress }) => progress.done)).toEqual([10, 20, 30, 40, 50, 60])
    for (const { value, progress } of values) {
      expect(value.counts.reduce((a, b) => a + b)).toBe(progress.done)
      expect(value.details!.breaking.index.length).toBe(progress.done)
    }
  })

  it('keeps a thousand classes small', async () => {
    const classes = 1000
    const many = {
      ...classifier,
      info: { ...classifier.info, classNames: Array.from({ length: classes }, (_, c) => String(c)) },
      async predict(images: Parameters<typeof classifier.predict>[0]) {
        const { probabilities: three } = await classifier.predict(images)
        const n = three.length / 3
        // A long tail that no softmax is without.
        const probabilities = new Float32Array(n * classes).fill(1e-6)
        for (let i = 0; i < n; i++)
          for (let c = 0; c < 3; c++) probabilities[i * classes + c] = three[3 * i + c]! * 0.999
        return { logits: probabilities, probabilities, classes, taps: [] }
      },
    }
    const partial = await simulation(axisOf('hue')).partial({ classifier: many, dataset, signal }, indices)
    expect(partial.sums.map(({ predicted }) => Array.from(predicted))).toEqual([
      [0, 1, 2],
      [0, 1, 2],
      [0, 1, 2],
    ])
    const bytes = partial.sums.reduce((sum, own) => sum + own.sums.byteLength + own.squares.byteLength, 0)
    expect(bytes).toBe(3 * 3 * 13 * 16)
    const result = simulation(axisOf('hue')).finish(partial)
    expect(result.softmax.mean.length).toBe(3 * 3 * 13)
    expect(pairMeans(result, 0, 500).mean[0]).toBe(0)
    expect(pairMeans(result, 5, 0).mean[0]).toBeNaN()
  })
})

it('refuses options that make no sense', () => {
  expect(() => simulation(axisOf('hue'), { worst: -1 })).toThrow('worst is -1')
  expect(() => simulation(axisOf('hue'), { tolerance: 0 })).toThrow('tolerance is 0, expected a number above 0')
})

it('frees everything when cancelled while it bisects', async () => {
  const controller = new AbortController()
  let passes = 0
  const counting = {
    ...classifier,
    predict(images: Parameters<typeof classifier.predict>[0]) {
      if (++passes === 15) controller.abort(new Error('enough'))
      return classifier.predict(images)
    },
  }
  const small: Dataset = { ...dataset, length: 32 }
  const context = { classifier: counting, dataset: small, signal: controller.signal }
  await expect(simulation(axisOf('hue'), { tolerance: 0.01 }).partial(context, indices.slice(0, 32))).rejects.toThrow(
    'enough',
  )
  expect(passes).toBe(15)
})
