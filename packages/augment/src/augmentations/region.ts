import { type Region, VatunError } from '@vatun/core'
import { checkFinite } from '../check.js'

/** `[height, width]`: 1 inside the region, 0 outside. @throws VatunError as {@link removeRegion} */
export function regionMask(region: Region, height: number, width: number): Float32Array {
  const mask = new Float32Array(height * width)
  if (region.shape === 'pixels') {
    for (const pixel of region.pixels) {
      if (!Number.isInteger(pixel) || pixel < 0 || pixel >= mask.length)
        throw new VatunError('bad-input', `removeRegion: no pixel ${pixel}, expected 0 to ${mask.length - 1}`)
      mask[pixel] = 1
    }
    return mask
  }
  for (const key of ['top', 'left', 'height', 'width'] as const) checkFinite(region[key], key, 'removeRegion')
  const inside = region.shape === 'rectangle' ? insideUnitSquare : insideUnitCircle
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const y = (row + 0.5 - region.top) / region.height
      const x = (column + 0.5 - region.left) / region.width
      if (inside(x, y)) mask[row * width + column] = 1
    }
  return mask
}

function insideUnitSquare(x: number, y: number): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1
}

function insideUnitCircle(x: number, y: number): boolean {
  return (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.25
}
