import { describe, expect, it } from 'vitest'
import { type Affinities, affinitiesOf } from './affinities.js'
import { cooperate } from './cooperate.js'
import { TsneGradient } from './gradient.js'
import { nearestNeighbors } from './neighbors.js'
import { normalRandom } from './random.js'

const n = 200
const normal = (length: number, seed: number) => Float64Array.from({ length }, normalRandom(seed))
const affinities = async () => cooperate(affinitiesOf(await nearestNeighbors(normal(n * 5, 1), n, 5, 30), n, 10))

/** The divergence straight from its definition, with the exaggerated affinities' cross entropy. */
function divergence({ starts, columns, values }: Affinities, y: Float64Array): number {
  const kernel = (i: number, j: number) => 1 / (1 + (y[2 * i]! - y[2 * j]!) ** 2 + (y[2 * i + 1]! - y[2 * j + 1]!) ** 2)
  let total = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) if (i !== j) total += kernel(i, j)
  let sum = 0
  for (let i = 0; i < n; i++)
    for (let e = starts[i]!; e < starts[i + 1]!; e++)
      if (values[e]! > 0) sum += values[e]! * Math.log((values[e]! * total) / kernel(i, columns[e]!))
  return sum
}

describe('TsneGradient', () => {
  it('is the slope of the divergence when exact', async () => {
    const p = await affinities()
    const y = normal(2 * n, 2).map((v) => 3 * v)
    const gradient = new TsneGradient(p, n, 0)
    gradient.compute(y, 1, true)
    expect(gradient.divergence).toBeCloseTo(divergence(p, y), 10)
    const step = 1e-5
    for (let c = 0; c < 2 * n; c += 13) {
      const [up, down] = [step, -step].map((s) => divergence(p, y.with(c, y[c]! + s))) as [number, number]
      expect(gradient.values[c]).toBeCloseTo((up - down) / (2 * step), 8)
    }
  })

  it.each([0.01, 3, 40])('is nearly exact with cells, for a layout of width %s', async (width) => {
    const p = await affinities()
    const y = normal(2 * n, 4).map((v) => width * v)
    const exact = new TsneGradient(p, n, 0)
    const fast = new TsneGradient(p, n)
    exact.compute(y, 1, true)
    fast.compute(y, 1, true)
    const size = Math.hypot(...exact.values)
    expect(Math.hypot(...exact.values.map((v, i) => v - fast.values[i]!)) / size).toBeLessThan(0.02)
    expect(Math.abs(fast.divergence - exact.divergence)).toBeLessThan(0.005)
  })

  it('handles points that coincide, all of them or beside a far one', async () => {
    const p = await affinities()
    for (const y of [new Float64Array(2 * n).fill(3), new Float64Array(2 * n).fill(1e-9).with(0, 1e6)]) {
      const gradient = new TsneGradient(p, n)
      gradient.compute(y, 1, true)
      expect(gradient.values.every(Number.isFinite)).toBe(true)
      expect(gradient.divergence).toBeCloseTo(divergence(p, y), 6)
    }
  })
})
