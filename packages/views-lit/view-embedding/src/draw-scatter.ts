import type { EmbeddingPoints } from '@vatun/core'
import { type ColoredPoints, drawTiles, type TileSource } from './draw-tiles.js'
import { place, type ScatterFrame, visibleRows } from './scatter-frame.js'

/** What {@link drawScatter} draws. */
export interface ScatterPicture extends ColoredPoints {
  /** Data set indices in full colour, the rest at 25 %; null: all. */
  readonly emphasised: ReadonlySet<number> | null
  readonly radius: number
  /** Draws images of this size instead of points. */
  readonly tiles?: { readonly source: TileSource; readonly side: number } | undefined
}

/** Draws all points, the emphasised ones on top, with rings around wrong predictions. */
export function drawScatter(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  picture: ScatterPicture,
): void {
  const { points, emphasised } = picture
  const rows = visibleRows(picture.points, picture.frame, size, (picture.tiles?.side ?? picture.radius) + 4)
  const isFull = (r: number) => emphasised === null || emphasised.has(points.indices[r]!)
  const draw = (group: readonly number[]) =>
    picture.tiles
      ? drawTiles(context, picture, group, picture.tiles.source, picture.tiles.side)
      : drawRows(context, picture, group)
  context.globalAlpha = 0.25
  draw(rows.filter((r) => !isFull(r)))
  context.globalAlpha = 1
  draw(rows.filter(isFull))
}

function drawRows(context: CanvasRenderingContext2D, picture: ScatterPicture, rows: readonly number[]): void {
  const { points, paint, radius, frame } = picture
  const byColor = paint.palette.map((): number[] => [])
  const wrong: number[] = []
  for (const r of rows) {
    byColor[paint.colorOf[r]!]!.push(r)
    if (points.labels[r] !== points.predicted[r]) wrong.push(r)
  }
  for (const [i, group] of byColor.entries()) {
    if (group.length === 0) continue
    context.fillStyle = paint.palette[i]!
    circles(context, frame, points, group, radius)
    context.fill()
  }
  context.strokeStyle = picture.ink
  context.lineWidth = Math.max(1, radius * 0.35)
  circles(context, frame, points, wrong, radius + context.lineWidth)
  context.stroke()
}

function circles(
  context: CanvasRenderingContext2D,
  frame: ScatterFrame,
  points: EmbeddingPoints,
  rows: readonly number[],
  radius: number,
): void {
  context.beginPath()
  for (const r of rows) {
    const [x, y] = place(frame, points, r)
    context.moveTo(x + radius, y)
    context.arc(x, y, radius, 0, 2 * Math.PI)
  }
}
