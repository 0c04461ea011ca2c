import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { filterOf, type SequenceLayer, sequencesOf } from './filter-sequences.js'

const fixture = (name: string) => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))

describe('sequencesOf', () => {
  it('finds the filters that PyTorch finds in VGG-16', () => {
    const bytes = new Uint8Array(fixture('vgg16-maxima-6.f32'))
    const golden = JSON.parse(fixture('vgg16-argmax-6.json').toString()) as {
      layers: SequenceLayer[]
      argmax: number[][]
    }
    const found = sequencesOf({ maxima: new Float32Array(bytes.buffer), filters: 4224 }, golden.layers)
    expect(found.stride).toBe(512)
    expect(found.sequences.map((s) => [...s].map((item) => filterOf(found, item).filter))).toEqual(golden.argmax)
    expect(found.sequences.map((s) => [...s].map((item) => filterOf(found, item).layer))).toEqual(
      golden.argmax.map(() => golden.layers.map((l) => l.name)),
    )
  })

  const layers = [
    { name: 'a', channels: 2 },
    { name: 'b', channels: 3 },
  ]
  it('takes the first of equals, also in a layer that is silent', () => {
    const { sequences } = sequencesOf({ maxima: Float32Array.of(5, 5, 0, 0, 0), filters: 5 }, layers)
    expect(sequences.map((s) => [...s])).toEqual([[0, 3]])
  })
  it('accepts no images', () => {
    expect(sequencesOf({ maxima: new Float32Array(0), filters: 5 }, layers).sequences).toEqual([])
  })
  it('refuses layers that do not fit, and NaN', () => {
    expect(() => sequencesOf({ maxima: new Float32Array(4), filters: 4 }, layers)).toThrow(/2 layers with 5 filters/)
    expect(() => sequencesOf({ maxima: new Float32Array(6), filters: 5 }, layers)).toThrow(/do not fit 6 maxima/)
    expect(() => sequencesOf({ maxima: Float32Array.of(1, 2, 3, Number.NaN, 1), filters: 5 }, layers)).toThrow(
      /filter 1 of layer "b" has the maximum NaN/,
    )
  })
})

describe('filterOf', () => {
  const encoding = { stride: 3, layers: [{ name: 'a', channels: 2 }] }
  it.each([2, 3, -1, 0.5, Number.NaN])('refuses item %s', (item) => {
    expect(() => filterOf(encoding, item)).toThrow(/names no filter/)
  })
})
