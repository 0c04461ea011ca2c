import { clampTo } from '../reflect.js'
import { recodeBlock } from './jpeg-block.js'

/** One channel of whole levels 0 … 255, row by row. */
export interface Plane {
  readonly levels: Int32Array
  readonly height: number
  readonly width: number
}

/** Codes a plane in blocks of 8 × 8 pixels, the last row and column repeated where they do not fit. */
export function recodePlane({ levels, height, width }: Plane, steps: Int32Array): Plane {
  const result = new Int32Array(levels.length)
  const block = new Int32Array(64)
  for (let top = 0; top < height; top += 8)
    for (let left = 0; left < width; left += 8) {
      const whole = top + 8 <= height && left + 8 <= width
      if (whole)
        for (let row = 0; row < 8; row++) {
          const from = (top + row) * width + left
          for (let column = 0; column < 8; column++) block[8 * row + column] = levels[from + column]! - 128
        }
      else
        for (let k = 0; k < 64; k++)
          block[k] = levels[clampTo(top + (k >> 3), height) * width + clampTo(left + (k & 7), width)]! - 128
      recodeBlock(block, steps)
      const [rows, columns] = [Math.min(8, height - top), Math.min(8, width - left)]
      for (let row = 0; row < rows; row++) {
        const to = (top + row) * width + left
        for (let column = 0; column < columns; column++) result[to + column] = toLevel(block[8 * row + column]! + 128)
      }
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
      const left = clampTo(2 * column, width)
      const right = clampTo(2 * column + 1, width)
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
    const [start, last] = [row * wide, columns - 1]
    for (let x = 0; x < columns; x++) {
      const own = 3 * line[x]!
      result[start + 2 * x] = (own + line[x > 0 ? x - 1 : 0]! + 8) >> 4
      if (2 * x + 1 < wide) result[start + 2 * x + 1] = (own + line[x < last ? x + 1 : last]! + 7) >> 4
    }
  }
  return { levels: result, height: tall, width: wide }
}

/** Clips to 0 … 255. */
export function toLevel(value: number): number {
  return value < 0 ? 0 : Math.min(value, 255)
}
