import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { pca } from './pca.js'
import { normalRandom } from './random.js'
import { symmetricEigen } from './symmetric-eigen.js'

const noise = (length: number, seed = 1) => Float64Array.from({ length }, normalRandom(seed))

describe('symmetricEigen', () => {
  it('gives orthonormal vectors that the matrix only stretches, largest first', () => {
    const size = 12
    const half = noise(size * size)
    const matrix = half.map((_, e) => half[e]! + half[(e % size) * size + Math.floor(e / size)]!)
    const { values, vectors } = symmetricEigen(matrix, size)
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
    for (let v = 0; v < size; v++) {
      const vector = vectors.subarray(v * size, (v + 1) * size)
      for (let row = 0; row < size; row++) {
        const image = vector.reduce((sum, x, k) => sum + matrix[row * size + k]! * x, 0)
        expect(image).toBeCloseTo(values[v]! * vector[row]!, 10)
      }
      for (let w = 0; w <= v; w++)
        expect(vector.reduce((sum, x, k) => sum + x * vectors[w * size + k]!, 0)).toBeCloseTo(v === w ? 1 : 0, 12)
    }
  })
})

describe('pca', () => {
  const bytes = (name: string) => new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url))).buffer
  const features = new Float32Array(bytes('clusters-400x64.f32'))
  const golden = JSON.parse(readFileSync(new URL('./fixtures/sklearn-400.json', import.meta.url), 'utf8')) as {
    variances: number[]
  }

  it("finds numpy's variances, for more rows than dimensions", async () => {
    const { variances, totalVariance } = await pca(features, 400, 64, 10)
    for (const [c, v] of variances.entries()) expect(v / golden.variances[c]!).toBeCloseTo(1, 6)
    expect(totalVariance / golden.variances.reduce((a, b) => a + b)).toBeCloseTo(1, 9)
  })

  it.each([
    [30, 8],
    [8, 30],
    [5, 5],
    [1, 4],
    [4, 1],
  ])('keeps all distances of %i × %i rows when all components are kept', async (n, d) => {
    const rows = noise(n * d, 7).map((x) => 1000 + 20 * x)
    const { scores, components, variances } = await pca(rows, n, d, 99)
    expect(components).toBe(Math.min(n, d))
    const distance = (of: ArrayLike<number>, width: number, i: number, j: number) =>
      Math.hypot(...Array.from({ length: width }, (_, c) => of[i * width + c]! - of[j * width + c]!))
    for (let i = 0; i < n; i++)
      for (let j = 0; j < i; j++) expect(distance(scores, components, i, j)).toBeCloseTo(distance(rows, d, i, j), 6)
    for (const [c, v] of variances.entries()) {
      const squares = Array.from({ length: n }, (_, r) => scores[r * components + c]! ** 2)
      expect(squares.reduce((a, b) => a + b) / n).toBeCloseTo(v, 6)
    }
  })

  it('accepts no rows, and rows that are all equal', async () => {
    expect((await pca(new Float32Array(0), 0, 3, 2)).components).toBe(0)
    const { scores, totalVariance } = await pca(new Float32Array(12).fill(7), 4, 3, 2)
    expect([...scores]).toEqual(new Array(8).fill(0))
    expect(totalVariance).toBe(0)
  })

  it('refuses what it cannot reduce', async () => {
    await expect(pca(Float32Array.of(1, 2, Number.NaN, 4), 2, 2, 1)).rejects.toThrow(/feature 0 of row 1 is NaN/)
    await expect(pca(new Float32Array(5), 2, 2, 1)).rejects.toThrow(/5 numbers given, expected n × d = 2 × 2/)
    await expect(pca(new Float32Array(4), 2, 2, 0)).rejects.toThrow(/components is 0/)
  })

  it('stops when aborted', async () => {
    await expect(pca(features, 400, 64, 10, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow(
      'enough',
    )
  })
})
