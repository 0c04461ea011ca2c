import type { EmbeddingPoints } from '@vatun/core'
import { polygonContains } from 'd3-polygon'
import { place, type ScatterFrame } from './scatter-frame.js'

/** Where the pointer has been since it was pressed, in CSS pixels. */
export type PointerPath = [number, number][]

/** Whether the pointer was dragged; a hand that clicks moves it less. */
export function isDragged(path: PointerPath): boolean {
  const [x, y] = path[0]!
  return path.some(([px, py]) => Math.hypot(px - x, py - y) >= 5)
}

/** Data set indices of the points that are drawn within the path, closed by a straight line. */
export function circledPoints(points: EmbeddingPoints, frame: ScatterFrame, path: PointerPath): number[] {
  return [...points.indices].filter((_, r) => polygonContains(path, place(frame, points, r)))
}
