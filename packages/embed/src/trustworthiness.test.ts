import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { trustworthiness } from './trustworthiness.js'

const read = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const floats = (name: string) => new Float32Array(new Uint8Array(read(name)).buffer)

describe('trustworthiness', () => {
  const golden = JSON.parse(read('sklearn-400.json').toString()) as { trustworthiness: Record<string, number> }
  it.each(['5', '10', '30'])("is scikit-learn's value at k = %s", (k) => {
    const value = trustworthiness(floats('clusters-400x64.f32'), 400, 64, floats('sklearn-layout-400.f32'), Number(k))
    expect(value).toBeCloseTo(golden.trustworthiness[k]!, 6)
  })
  it('is 1 for a layout that is the features', () => {
    const plane = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * i))
    expect(trustworthiness(plane, 20, 2, plane, 5)).toBe(1)
  })
  it('refuses k that leaves nothing to be wrong', () => {
    expect(() => trustworthiness(new Float32Array(20), 10, 2, new Float32Array(20), 5)).toThrow(/k is 5, expected/)
  })
})
