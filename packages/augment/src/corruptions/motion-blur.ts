import { changeOnHost, type Pixels } from '../host-pixels.js'
import { clampTo } from '../reflect.js'
import { type Corrupt, uniformOf } from './draw.js'

/** Blurs along a random direction between -45 and 45 degrees. */
export const motionBlur: Corrupt<readonly [number, number]> = (images, [radius, sigma], draw) =>
  changeOnHost(images, (pixels, position) => streak(pixels, radius, sigma, 90 * uniformOf(draw, position, 0)() - 45))

/**
 * ImageMagick's motion blur: the weighted mean of pixels on one side of each, along a line. Weights are the upper half of a Gaussian over
 * `2 · radius + 1` pixels; places are rounded to whole pixels; beyond the border the nearest pixel counts.
 */
export function streak({ data, height, width, channels }: Pixels, radius: number, sigma: number, degrees: number) {
  const weights = Array.from({ length: 2 * Math.ceil(radius) + 1 }, (_, i) => Math.exp(-(i ** 2) / (2 * sigma ** 2)))
  const total = weights.reduce((a, b) => a + b)
  const radians = (degrees * Math.PI) / 180
  const result = new Float32Array(data.length)
  for (const [i, weight] of weights.entries()) {
    const share = weight / total
    const right = Math.ceil(i * Math.cos(radians) - 0.5)
    const down = Math.ceil(i * Math.sin(radians) - 0.5)
    for (let row = 0; row < height; row++) {
      const from = clampTo(row + down, height) * width
      for (let column = 0; column < width; column++) {
        const source = (from + clampTo(column + right, width)) * channels
        const target = (row * width + column) * channels
        for (let c = 0; c < channels; c++) result[target + c]! += share * data[source + c]!
      }
    }
  }
  return result
}
