import { unfocusedColor } from '@vatun/view-kit'
import { describe, expect, it } from 'vitest'
import { paintPoints } from './paint-points.js'

/** Right and sure, wrong and unsure, not predicted yet. */
const points = {
  indices: Int32Array.of(3, 5, 7),
  x: Float32Array.of(0, 0, 0),
  y: Float32Array.of(0, 0, 0),
  labels: Int32Array.of(0, 1, -1),
  predicted: Int32Array.of(0, 0, -1),
  confidence: Float32Array.of(1, 0, Number.NaN),
}
const theme = { dark: false, ink: '#111111' }

function colors(mode: 'class' | 'confidence' | 'correctness'): string[] {
  const { palette, colorOf } = paintPoints(points, mode, ['#aa0000', '#00aa00'], theme)
  return Array.from(colorOf, (c) => palette[c]!)
}

describe('paintPoints', () => {
  it('paints classes, and what has none grey', () => {
    expect(colors('class').slice(0, 2)).toEqual(['#aa0000', '#00aa00'])
    expect(['#aa0000', '#00aa00']).not.toContain(colors('class')[2])
  })

  it('draws classes without a colour of their own under the others', () => {
    const { palette, colorOf } = paintPoints(points, 'class', ['#aa0000', unfocusedColor], theme)
    expect(palette).toEqual([unfocusedColor, '#aa0000'])
    expect([...colorOf]).toEqual([1, 0, 0])
  })

  it('draws low confidence last, on top, and treats none as high', () => {
    const { palette, colorOf } = paintPoints(points, 'confidence', [], theme)
    expect([...colorOf]).toEqual([0, palette.length - 1, 0])
  })

  it('draws wrong predictions in the colour of text, on top', () => {
    expect(colors('correctness')[1]).toBe('#111111')
    expect([...paintPoints(points, 'correctness', [], theme).colorOf]).toEqual([0, 1, 0])
  })
})

describe('@vatun/view-embedding in Node', () => {
  it('can be imported without a document', async () => {
    const view = await import('./index.js')
    await import('./define.js')
    expect(view.VatunEmbedding).toBeTypeOf('function')
  })
})
