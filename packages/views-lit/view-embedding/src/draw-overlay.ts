/** A ring around a point, in CSS pixels. */
export interface Ring {
  readonly x: number
  readonly y: number
  readonly radius: number
  readonly color: string
  readonly width: number
}

/** Draws rings and a lasso. The context is cleared first. @param lasso Corners in CSS pixels. */
export function drawOverlay(
  context: CanvasRenderingContext2D,
  size: { readonly width: number; readonly height: number },
  rings: readonly Ring[],
  lasso: readonly (readonly [number, number])[] | null,
  ink: string,
): void {
  context.clearRect(0, 0, size.width, size.height)
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

/** The 2D context of a canvas that fills a box of the given CSS size at the screen's resolution; null where there is none. */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  size: { readonly width: number; readonly height: number },
): CanvasRenderingContext2D | null {
  const ratio = devicePixelRatio || 1
  const [w, h] = [Math.round(size.width * ratio), Math.round(size.height * ratio)]
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w
    canvas.height = h
  }
  const context = canvas.getContext('2d')
  context?.setTransform(ratio, 0, 0, ratio, 0, 0)
  return context
}
