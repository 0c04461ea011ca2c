import { reflect } from '../reflect.js'

/** Farther than this from the border of a drop nothing changes any more, in pixels. */
const farthest = 20

/** Diagonal light: what an embossing filter shows of the distance. */
const emboss = [-2, -1, 0, -1, 1, 1, 0, 1, 2]
const mean = new Array<number>(9).fill(1 / 9)

/**
 * Makes flat patches of liquid look like drops: the distance from their border, smoothed, its histogram equalised, embossed, and weighed
 * with the liquid itself.
 *
 * @param liquid `[height, width]` thickness, 0 where it is dry.
 * @returns `[height, width]`, at least 0.
 */
export function dropletShading(liquid: ArrayLike<number>, height: number, width: number): Float32Array {
  const distance = distanceFromBorder(liquid, height, width)
  const equal = equalise(filter(distance, height, width, mean).map(Math.floor))
  const shaded = filter(equal, height, width, emboss).map((v) => Math.min(255, Math.max(0, v)))
  return filter(shaded, height, width, mean).map((v, p) => v * liquid[p]!)
}

/** Distance of each pixel from the nearest one where wet meets dry, in two sweeps with weights 1 and √2 (chamfer), cut at 20. */
function distanceFromBorder(liquid: ArrayLike<number>, height: number, width: number): Float32Array {
  const wet = (row: number, column: number) => liquid[reflect(row, height) * width + reflect(column, width)]! > 0
  const distance = Float32Array.from({ length: height * width }, (_, p) => {
    const [row, column] = [Math.floor(p / width), p % width]
    const edge =
      wet(row, column) &&
      !(wet(row - 1, column) && wet(row + 1, column) && wet(row, column - 1) && wet(row, column + 1))
    return edge ? 0 : farthest
  })
  const relax = (row: number, column: number, direction: 1 | -1) => {
    for (const [y, x, step] of [
      [0, -1, 1],
      [-1, 0, 1],
      [-1, -1, Math.SQRT2],
      [-1, 1, Math.SQRT2],
    ] as const) {
      const [r, c] = [row + direction * y, column + direction * x]
      if (r < 0 || r >= height || c < 0 || c >= width) continue
      const p = row * width + column
      distance[p] = Math.min(distance[p]!, distance[r * width + c]! + step)
    }
  }
  for (let p = 0; p < distance.length; p++) relax(Math.floor(p / width), p % width, 1)
  for (let p = distance.length - 1; p >= 0; p--) relax(Math.floor(p / width), p % width, -1)
  return distance
}

/** Spreads levels 0 … 255 evenly by their cumulative share, the lowest at 0. */
function equalise(levels: Float32Array): Float32Array {
  const counts = new Uint32Array(256)
  for (const level of levels) counts[level]!++
  const lowest = counts.find((count) => count > 0) ?? 0
  const others = levels.length - lowest
  let below = 0
  const lookup = Array.from(counts, (count) => {
    below += count
    return others > 0 ? Math.round((255 * Math.max(0, below - lowest)) / others) : 0
  })
  return levels.map((level) => lookup[level]!)
}

/** Correlation with a 3 × 3 kernel, mirrored at the border. */
function filter(plane: Float32Array, height: number, width: number, kernel: readonly number[]): Float32Array {
  return plane.map((_, p) => {
    const [row, column] = [Math.floor(p / width), p % width]
    let sum = 0
    for (const [k, weight] of kernel.entries())
      sum +=
        weight * plane[reflect(row + Math.floor(k / 3) - 1, height) * width + reflect(column + (k % 3) - 1, width)]!
    return sum
  })
}
