/** A ring around a point, in CSS pixels. */
export interface Ring {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly color: string
  readonly width: number
}

/** Draws rings and a lasso. @param lasso Corners in CSS pixels. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  rings: readonly Ring[],
  lasso: readonly (readonly [number, number])[] | null,
  ink: string,
): void {
  for (const { x, y, radius, color, width } of rings) {
    context.beginPath()
    context.arc(x, y, radius, 0, 2 * Math.PI)
    context.lineWidth = width
    context.strokeStyle = color
    context.stroke()
  }
  if (!lasso) return
  context.beginPath()
  for (const [x, y] of lasso) context.lineTo(x, y)
  context.closePath()
  context.globalAlpha = 0.1
  context.fillStyle = ink
  context.fill()
  context.globalAlpha = 1
  context.setLineDash([4, 3])
  context.lineWidth = 1
  context.strokeStyle = ink
  context.stroke()
  context.setLineDash([])
}
