import type { EmbeddingPoints } from '@vatun/core'

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

/** Where row `r` is drawn, in CSS pixels. */
export function place(frame: ScatterFrame, points: EmbeddingPoints, r: number): [number, number] {
  return [frame.left + points.x[r]! * frame.scale, frame.top + (1 - points.y[r]!) * frame.scale]
}

/** The opposite of {@link place}. */
export function unplace(frame: ScatterFrame, x: number, y: number): [number, number] {
  return [(x - frame.left) / frame.scale, 1 - (y - frame.top) / frame.scale]
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
