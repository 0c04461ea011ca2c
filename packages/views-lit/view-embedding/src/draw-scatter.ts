import type { EmbeddingPoints } from '@vatun/core'
import { drawTiles, type TileSource } from './draw-tiles.js'
import type { PointPaint } from './paint-points.js'

/** From data to CSS pixels: position `(x, y)` of 0…1 is drawn at `(left + x · scale, top + (1 − y) · scale)`. */
export interface ScatterFrame {
  readonly left: number
  readonly top: number
  readonly scale: number
}

/** The frame of an unmoved scatter, a square in the middle, moved by a zoom transform. */
export function scatterFrame(
  width: number,
  height: number,
  zoom: { readonly k: number; readonly x: number; readonly y: number },
): ScatterFrame {
  const padding = 12
  const side = Math.max(1, Math.min(width, height) - 2 * padding)
  return {
    left: ((width - side) / 2) * zoom.k + zoom.x,
    top: ((height - side) / 2) * zoom.k + zoom.y,
    scale: side * zoom.k,
  }
}

/** Radius of a point in CSS pixels: smaller for more points, growing slowly with the zoom. */
export function pointRadius(n: number, side: number, zoom: number): number {
  return Math.min(4, Math.max(1.5, (0.3 * side) / Math.sqrt(Math.max(1, n)))) * zoom ** 0.35
}

/** What {@link drawScatter} draws. */
export interface ScatterPicture {
  readonly points: EmbeddingPoints
  readonly paint: PointPaint
  /** Data set indices in full colour, the rest at 25 %; null: all. */
  readonly emphasised: ReadonlySet<number> | null
  readonly frame: ScatterFrame
  readonly radius: number
  /** Colour of the rings around wrong predictions. */
  readonly ink: string
  /** Draws images of this size instead of points. */
  readonly tiles?: { readonly source: TileSource; readonly side: number } | undefined
}

/** Draws all points, the emphasised ones on top, with rings around wrong predictions. The context is cleared first. */
export function drawScatter(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  picture: ScatterPicture,
): void {
  const { points, emphasised } = picture
  context.clearRect(0, 0, size.width, size.height)
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

/** Rows that are drawn within the size or not further than `margin` outside. */
export function visibleRows(
  points: EmbeddingPoints,
  frame: ScatterFrame,
  size: { readonly width: number; readonly height: number },
  margin = 0,
): number[] {
  const rows: number[] = []
  for (let r = 0; r < points.x.length; r++) {
    const [x, y] = place(frame, points, r)
    if (x >= -margin && y >= -margin && x <= size.width + margin && y <= size.height + margin) rows.push(r)
  }
  return rows
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

/** Where row `r` is drawn, in CSS pixels. */
export function place(frame: ScatterFrame, points: EmbeddingPoints, r: number): [number, number] {
  return [frame.left + points.x[r]! * frame.scale, frame.top + (1 - points.y[r]!) * frame.scale]
}

/** The opposite of {@link place}. */
export function unplace(frame: ScatterFrame, x: number, y: number): [number, number] {
  return [(x - frame.left) / frame.scale, 1 - (y - frame.top) / frame.scale]
}
