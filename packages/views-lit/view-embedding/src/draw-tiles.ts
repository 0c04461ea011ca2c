import type { EmbeddingPoints, SpriteSheet } from '@vatun/core'
import { tileOf } from '@vatun/view-kit'
import type { PointPaint } from './paint-points.js'
import { place, type ScatterFrame } from './scatter-frame.js'

/** Points with colours and places. */
export interface ColoredPoints {
  readonly points: EmbeddingPoints
  readonly paint: PointPaint
  readonly frame: ScatterFrame
  /** Colour of the marks around wrong predictions. */
  readonly ink: string
}

/** Where the images of a scatter come from. */
export interface TileSource {
  readonly sheet: SpriteSheet
  /** The loaded picture of the sheet. */
  readonly image: CanvasImageSource
}

const mostTiles = 200

/**
 * Longer side of the images that stand for points, in CSS pixels; null where there are too many points in sight for images to be
 * told apart.
 * @param visible Points in sight.
 */
export function tileSide(visible: number, width: number, height: number): number | null {
  if (visible === 0 || visible > mostTiles) return null
  const side = 0.5 * Math.sqrt((width * height) / visible)
  return side < 14 ? null : Math.min(40, Math.round(side))
}

/** Draws images instead of points: a frame in the point's colour, and one more in the colour of text where the prediction is wrong. */
export function drawTiles(
  context: CanvasRenderingContext2D,
  picture: ColoredPoints,
  rows: readonly number[],
  { sheet, image }: TileSource,
  side: number,
): void {
  const { points, paint, frame } = picture
  const scale = side / Math.max(sheet.tileWidth, sheet.tileHeight)
  const [w, h] = [sheet.tileWidth * scale, sheet.tileHeight * scale]
  context.imageSmoothingEnabled = false
  for (const r of rows) {
    const tile = tileOf(sheet, points.indices[r]!)
    if (!tile) continue
    const [cx, cy] = place(frame, points, r)
    const [x, y] = [cx - w / 2, cy - h / 2]
    context.fillStyle = paint.palette[paint.colorOf[r]!]!
    context.fillRect(x - 2, y - 2, w + 4, h + 4)
    context.drawImage(image, tile.x, tile.y, sheet.tileWidth, sheet.tileHeight, x, y, w, h)
    if (points.labels[r] === points.predicted[r]) continue
    context.strokeStyle = picture.ink
    context.lineWidth = 2
    context.strokeRect(x - 3, y - 3, w + 6, h + 6)
  }
}
