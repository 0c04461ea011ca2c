import type { PredictionTable, SpriteSheet } from '@vatun/core'

const positions = new WeakMap<Int32Array, Map<number, number>>()

/** Position of a data set index in a column of indices; undefined when it is not there. The lookup is built once per column. */
export function positionOf(indices: Int32Array, index: number): number | undefined {
  let map = positions.get(indices)
  if (!map) {
    map = new Map(Array.from(indices, (value, position) => [value, position]))
    positions.set(indices, map)
  }
  return map.get(index)
}

/** One row of the prediction table. */
export interface PredictionRow {
  readonly label: number
  readonly predicted: number
  readonly confidence: number
}

/** The row of a data set image; undefined when it was not analysed. */
export function predictionOf(table: PredictionTable | undefined, index: number): PredictionRow | undefined {
  const row = table && positionOf(table.indices, index)
  if (!table || row === undefined) return undefined
  return { label: table.labels[row]!, predicted: table.predicted[row]!, confidence: table.confidence[row]! }
}

/** Where an image is on the sprite sheet, in pixels of the sheet; undefined when it is not there. */
export function tileOf(sheet: SpriteSheet, index: number): { readonly x: number; readonly y: number } | undefined {
  const k = positionOf(sheet.indices, index)
  if (k === undefined) return undefined
  return { x: (k % sheet.columns) * sheet.tileWidth, y: Math.floor(k / sheet.columns) * sheet.tileHeight }
}
