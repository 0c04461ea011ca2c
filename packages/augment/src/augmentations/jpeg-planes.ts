import { clampTo } from '../reflect.js'
import { recodeBlock } from './jpeg-block.js'

/** One channel of whole levels 0 … 255, row by row. */
export interface Plane {
  readonly levels: Int32Array
  readonly height: number
  readonly width: number
}

/** Codes a plane in blocks of 8 × 8 pixels, the last row and column repeated where they do not fit. */
export function recodePlane({ levels, height, width }: Plane, steps: readonly number[]): Plane {
  const result = new Int32Array(levels.length)
  const block = new Int32Array(64)
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      for (let k = 0; k < 64; k++)
        block[k] = levels[clampTo(top + (k >> 3), height) * width + clampTo(left + (k & 7), width)]! - 128
      recodeBlock(block, steps)
      for (let row = top; row < Math.min(top + 8, height); row++)
        for (let column = left; column < Math.min(left + 8, width); column++)
          result[row * width + column] = toLevel(block[8 * (row - top) + column - left]! + 128)
    }
  return { levels: result, height, width }
}

/**
 * Means of 2 × 2 pixels, halves rounded down and up in turn so that the mean stays; a last row counts twice. As in libjpeg the last column is
 * repeated before, not after, to the width of whole blocks.
 */
export function halve({ levels, height, width }: Plane): Plane {
  const half = { height: Math.ceil(height / 2), width: 8 * Math.ceil(width / 16) }
  const means = new Int32Array(half.height * half.width)
  for (let row = 0; row < half.height; row++) {
    const upper = 2 * row * width
    const lower = clampTo(2 * row + 1, height) * width
    for (let column = 0; column < half.width; column++) {
      const [left, right] = [clampTo(2 * column, width), clampTo(2 * column + 1, width)]
      const sum = levels[upper + left]! + levels[upper + right]! + levels[lower + left]! + levels[lower + right]!
      means[row * half.width + column] = (sum + 1 + (column & 1)) >> 2
    }
  }
  return { levels: means, ...half }
}

/**
 * Twice as many pixels in each direction, each three quarters of the nearer and one quarter of the farther one: libjpeg's "fancy" upsampling.
 * @param tall Height of the result, `wide` its width; what of the plane goes beyond their halves does not count.
 */
export function double({ levels, height, width }: Plane, tall: number, wide: number): Plane {
  const columns = Math.ceil(wide / 2)
  const line = new Int32Array(columns)
  const result = new Int32Array(tall * wide)
  for (let row = 0; row < tall; row++) {
    const near = (row >> 1) * width
    const far = clampTo((row >> 1) + (row & 1 ? 1 : -1), height) * width
    for (let x = 0; x < columns; x++) line[x] = 3 * levels[near + x]! + levels[far + x]!
    for (let column = 0; column < wide; column++) {
      const other = clampTo((column >> 1) + (column & 1 ? 1 : -1), columns)
      result[row * wide + column] = (3 * line[column >> 1]! + line[other]! + 8 - (column & 1)) >> 4
    }
  }
  return { levels: result, height: tall, width: wide }
}

/** Clips to 0 … 255. */
export function toLevel(value: number): number {
  return Math.min(255, Math.max(0, value))
}
