/**
 * Gives a canvas that is `size` CSS pixels on the page as many pixels as the screen has there.
 * @returns Its context, cleared and in CSS pixels; null without a context or an area.
 */
export function fitCanvas(
  canvas: HTMLCanvasElement,
  { width, height }: { readonly width: number; readonly height: number },
): CanvasRenderingContext2D | null {
  const context = canvas.getContext('2d')
  if (!context || width === 0 || height === 0) return null
  const [w, h] = [Math.round(width * devicePixelRatio), Math.round(height * devicePixelRatio)]
  if (canvas.width !== w) canvas.width = w
  if (canvas.height !== h) canvas.height = h
  context.setTransform(w / width, 0, 0, h / height, 0, 0)
  context.clearRect(0, 0, width, height)
  return context
}
