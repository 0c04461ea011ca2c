import { readFileSync } from 'node:fs'
import type { Step } from '@vatun/core'
import { lastValueFrom, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { trustworthiness } from './trustworthiness.js'
import { type Layout, type TsneOptions, tsne } from './tsne.js'

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const clusters = new Float32Array(new Uint8Array(read('clusters-400x64.f32')).buffer)
const golden = JSON.parse(read('sklearn-400.json').toString()) as {
  trustworthiness: Record<string, number>
  divergence: number
}

async function layoutOf(features: Float32Array, n: number, d: number, options: TsneOptions = {}): Promise<Layout> {
  const last: Step<Layout> = await lastValueFrom(tsne(features, n, d, options))
  if (last.kind !== 'value') throw new Error('no layout')
  return last.value
}

/** Share of the first layout's variance that the best rotation, reflection and scaling of the second leaves unexplained. */
function disparity(a: Float32Array, b: Float32Array): number {
  let [xx, xy, yx, yy, aa, bb] = [0, 0, 0, 0, 0, 0]
  for (let i = 0; i < a.length; i += 2) {
    xx += a[i]! * b[i]!
    xy += a[i]! * b[i + 1]!
    yx += a[i + 1]! * b[i]!
    yy += a[i + 1]! * b[i + 1]!
    aa += a[i]! ** 2 + a[i + 1]! ** 2
    bb += b[i]! ** 2 + b[i + 1]! ** 2
  }
  const nuclear = Math.sqrt(xx ** 2 + xy ** 2 + yx ** 2 + yy ** 2 + 2 * Math.abs(xx * yy - xy * yx))
  return 1 - nuclear ** 2 / (aa * bb)
}

describe('tsne', () => {
  it('keeps neighbours as well as scikit-learn does', async () => {
    const layout = await layoutOf(clusters, 400, 64)
    expect(layout).toMatchObject({ n: 400, iteration: 1000, perplexity: 30, dimensions: 50 })
    expect(layout.loweredFrom).toBeUndefined()
    expect(layout.explainedVariance).toBeGreaterThan(0.99)
    expect(trustworthiness(clusters, 400, 64, layout.positions)).toBeGreaterThan(golden.trustworthiness['10']! - 0.002)
    expect(layout.divergence).toBeLessThan(golden.divergence * 1.05)
  })

  it('gives the same layout for the same seed, another for another', async () => {
    const options = { iterations: 60, seed: 5 }
    const first = await layoutOf(clusters, 400, 64, options)
    expect(await layoutOf(clusters, 400, 64, options)).toEqual(first)
    expect((await layoutOf(clusters, 400, 64, { ...options, seed: 6 })).positions).not.toEqual(first.positions)
  })

  it('does not depend on the unit of the features', async () => {
    const scaled = (factor: number, options?: TsneOptions) =>
      layoutOf(
        clusters.map((x) => x * factor),
        400,
        64,
        options,
      )
    // Powers of two only change the exponents of the features: not a bit of the layout may change.
    const brief = { iterations: 60 }
    const early = await scaled(1, brief)
    for (const exact of [1024, 1 / 4096]) expect(await scaled(exact, brief)).toEqual(early)
    // Other factors round the features, which a long descent amplifies: at first nothing is to be seen, later little.
    const final = await scaled(1)
    for (const factor of [100, 0.01]) {
      expect(disparity(early.positions, (await scaled(factor, brief)).positions)).toBeLessThan(1e-4)
      const layout = await scaled(factor)
      expect(disparity(final.positions, layout.positions)).toBeLessThan(0.02)
      expect(Math.abs(layout.divergence - final.divergence)).toBeLessThan(0.005)
    }
  })

  it('emits layouts that move, with progress that never decreases', async () => {
    const steps = await lastValueFrom(tsne(clusters, 400, 64, { iterations: 50, refreshEvery: 20 }).pipe(toArray()))
    expect(steps.map((s) => [s.kind, s.progress.done])).toEqual([
      ['progress', 0],
      ['value', 20],
      ['value', 40],
      ['value', 50],
    ])
    const layouts = steps.flatMap((s) => (s.kind === 'value' ? [s.value.positions] : []))
    expect(layouts[0]).not.toEqual(layouts[1])
  })

  it('stops when unsubscribed and emits nothing afterwards', async () => {
    let values = 0
    await new Promise<void>((resolve) => {
      const subscription = tsne(clusters, 400, 64, { iterations: 1e6, refreshEvery: 1 }).subscribe((step) => {
        if (step.kind !== 'value') return
        values++
        subscription.unsubscribe()
        resolve()
      })
    })
    await new Promise((resolve) => setTimeout(resolve, 60))
    expect(values).toBe(1)
  })

  it('gives no points for no points, and one for one', async () => {
    expect((await layoutOf(new Float32Array(0), 0, 8)).positions).toEqual(new Float32Array(0))
    expect((await layoutOf(new Float32Array(8), 1, 8)).positions).toEqual(new Float32Array(2))
  })

  it.each([2, 3, 4, 10, 50])('lowers the perplexity for %i points and says so', async (n) => {
    const layout = await layoutOf(clusters.slice(0, n * 64), n, 64)
    expect(layout.loweredFrom).toBe(30)
    expect(layout.perplexity).toBe(Math.max(1, (n - 1) / 3))
    expect(layout.positions.every(Number.isFinite)).toBe(true)
    expect(new Set(Array.from({ length: n }, (_, i) => layout.positions.slice(2 * i, 2 * i + 2).join())).size).toBe(n)
  })

  it('keeps duplicates together and copes with rows that are all equal', async () => {
    const twice = new Float32Array(200 * 64)
    twice.set(clusters.subarray(0, 100 * 64))
    twice.set(clusters.subarray(0, 100 * 64), 100 * 64)
    const { positions } = await layoutOf(twice, 200, 64)
    const spread = Math.sqrt(positions.reduce((sum, p) => sum + p * p, 0) / 200)
    for (let i = 0; i < 200; i++) expect(Math.abs(positions[i]! - positions[200 + i]!)).toBeLessThan(spread / 4)
    const same = await layoutOf(new Float32Array(120 * 3).fill(0.3), 120, 3, { iterations: 300 })
    expect(same.positions.every(Number.isFinite)).toBe(true)
    expect(same.explainedVariance).toBe(1)
  })

  it('refuses what it cannot lay out', async () => {
    await expect(layoutOf(Float32Array.of(1, Number.NaN), 2, 1)).rejects.toThrow(/feature 0 of row 1 is NaN/)
    await expect(layoutOf(new Float32Array(3), 2, 2)).rejects.toThrow(/3 numbers given/)
    await expect(layoutOf(clusters, 400, 64, { perplexity: 0 })).rejects.toThrow(/perplexity is 0/)
    await expect(layoutOf(clusters, 400, 64, { iterations: 0 })).rejects.toThrow(/iterations is 0/)
    await expect(layoutOf(clusters, 400, 64, { learningRate: -1 })).rejects.toThrow(/learningRate is -1/)
  })
})
