import type { SpriteSheet } from '@vatun/core'
import { describe, expect, it } from 'vitest'
import { positionOf, predictionOf, tileOf } from './lookup.js'

const indices = Int32Array.of(4, 9, 2)

describe('lookup', () => {
  it('finds positions, rows and tiles by data set index', () => {
    expect([4, 9, 2, 5].map((i) => positionOf(indices, i))).toEqual([0, 1, 2, undefined])
    const table = {
      classes: 2,
      indices,
      labels: Int32Array.of(0, 1, 1),
      predicted: Int32Array.of(0, 0, 1),
      confidence: Float32Array.of(0.5, 0.75, 1),
      margin: Float32Array.of(0, 0.5, 1),
      probabilities: new Float32Array(6),
    }
    expect(predictionOf(table, 9)).toEqual({ label: 1, predicted: 0, confidence: 0.75 })
    expect(predictionOf(table, 3)).toBeUndefined()
    expect(predictionOf(undefined, 9)).toBeUndefined()
    const sheet: SpriteSheet = { url: '', tileWidth: 30, tileHeight: 20, columns: 2, rows: 2, indices }
    expect(tileOf(sheet, 2)).toEqual({ x: 0, y: 20 })
    expect(tileOf(sheet, 9)).toEqual({ x: 30, y: 0 })
    expect(tileOf(sheet, 1)).toBeUndefined()
  })
})
