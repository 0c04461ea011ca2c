import type { ExplainResult, ImageBatch } from '@vatun/core'
import { heat } from '@vatun/view-kit'

/** The colour scale in 256 steps, computed once: a large image asks for it at every pixel. */
let steps: readonly (readonly [number, number, number])[] | undefined

function heatStep(t: number): readonly [number, number, number] {
  steps ??= Array.from({ length: 256 }, (_, i) => heat(i / 255))
  return steps[Math.round(255 * Math.min(1, Math.max(0, t)))]!
}

/** The first image of a batch as RGBA bytes, row by row: what a canvas takes. One and two channels are drawn grey. */
export function imagePixels(batch: ImageBatch): Uint8ClampedArray<ArrayBuffer> {
  const { data, height, width, channels } = batch
  const factor = data instanceof Uint8Array ? 1 : 255
  const pixels = new Uint8ClampedArray(height * width * 4)
  for (let p = 0; p < height * width; p++) {
    for (let c = 0; c < 3; c++) pixels[p * 4 + c] = data[p * channels + (channels < 3 ? 0 : c)]! * factor
    pixels[p * 4 + 3] = 255
  }
  return pixels
}

/**
 * A heat map over the greyscale image.
 *
 * @param map Of the image's size.
 * @param scale Value that gets the upper end of the colour scale; 0 draws an empty map.
 * @param opacity Of the heat map, 0…1.
 */
export function explainedPixels(
  batch: ImageBatch,
  map: ExplainResult,
  scale: number,
  opacity: number,
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = imagePixels(batch)
  if (map.height !== batch.height || map.width !== batch.width) return pixels
  for (let p = 0; p < map.map.length; p++) {
    const [r, g, b] = [pixels[p * 4]!, pixels[p * 4 + 1]!, pixels[p * 4 + 2]!]
    // Luma of ITU-R BT.601.
    const grey = 0.299 * r + 0.587 * g + 0.114 * b
    const color = heatStep(scale > 0 ? map.map[p]! / scale : 0)
    for (let c = 0; c < 3; c++) pixels[p * 4 + c] = (1 - opacity) * grey + opacity * color[c]!
  }
  return pixels
}
