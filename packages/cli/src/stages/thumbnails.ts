import type { Dataset, SpriteSheet } from '@vatun/core'
import { spriteColumns as columns } from '@vatun/core/bundle'
import { encode } from 'fast-png'

/** Largest edge of a thumbnail, px: larger images are reduced by whole steps. */
const largestEdge = 64
const batchSize = 16

/** A sprite sheet as PNG with what is needed to find an image on it. */
export interface DrawnSheet {
  readonly png: Uint8Array
  readonly sheet: Omit<SpriteSheet, 'url'>
}

/** Draws all images of an analysis into one picture, in the order given. Grayscale images become gray RGB. */
export async function drawThumbnails(
  dataset: Dataset,
  indices: readonly number[],
  signal: AbortSignal,
): Promise<DrawnSheet> {
  const first = await dataset.images(indices.slice(0, 1))
  const reduction = Math.max(1, Math.ceil(Math.max(first.width, first.height) / largestEdge))
  const tileWidth = Math.floor(first.width / reduction)
  const tileHeight = Math.floor(first.height / reduction)
  const rows = Math.ceil(indices.length / columns)
  const width = columns * tileWidth
  const pixels = new Uint8Array(width * rows * tileHeight * 3)
  // From the last to the first: the survey comes from the other end, and what one of them has decoded the other finds in memory.
  for (let start = lastBatch(indices.length); start >= 0; start -= batchSize) {
    signal.throwIfAborted()
    const batch = await dataset.images(indices.slice(start, start + batchSize))
    const scale = batch.data instanceof Float32Array ? 255 : 1
    for (let k = 0; k < batch.n; k++) {
      const left = ((start + k) % columns) * tileWidth
      const top = Math.floor((start + k) / columns) * tileHeight
      for (let y = 0; y < tileHeight; y++)
        for (let x = 0; x < tileWidth; x++)
          for (let c = 0; c < 3; c++) {
            let sum = 0
            for (let dy = 0; dy < reduction; dy++)
              for (let dx = 0; dx < reduction; dx++) {
                const pixel = (k * batch.height + y * reduction + dy) * batch.width + x * reduction + dx
                sum += batch.data[pixel * batch.channels + Math.min(c, batch.channels - 1)]!
              }
            pixels[((top + y) * width + left + x) * 3 + c] = Math.round((sum * scale) / reduction ** 2)
          }
    }
  }
  const png = encode({ width, height: rows * tileHeight, data: pixels, channels: 3, depth: 8 })
  return { png, sheet: { tileWidth, tileHeight, columns, rows, indices: Int32Array.from(indices) } }
}

function lastBatch(count: number): number {
  return Math.floor((count - 1) / batchSize) * batchSize
}

/** A sheet that has been drawn before, of as many images. Width and height are in the header (PNG, third edition, 11.2.1). */
export function readSheet(png: Uint8Array, indices: readonly number[]): DrawnSheet {
  const rows = Math.ceil(indices.length / columns)
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength)
  const [tileWidth, tileHeight] = [view.getUint32(16) / columns, view.getUint32(20) / rows]
  return { png, sheet: { tileWidth, tileHeight, columns, rows, indices: Int32Array.from(indices) } }
}
