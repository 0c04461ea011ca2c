import * as tf from '@tensorflow/tfjs-core'
import { convolve, type Kernel } from '../convolve.js'
import { reflect } from '../reflect.js'
import { gaussianKernel } from '../separable.js'
import type { Corrupt } from './draw.js'

/** The mean over a disk whose edge is smoothed by a small Gaussian. */
export const defocusBlur: Corrupt<readonly [number, number]> = (images, [radius, smoothness]) =>
  tf.tidy(() => convolve(images, disk(radius, smoothness)))

/** The disk with the kernel sizes of the original: 17 × 17 smoothed with 3 × 3, for radii above 8 larger and with 5 × 5. */
function disk(radius: number, smoothness: number): Kernel {
  const reach = radius <= 8 ? 8 : Math.ceil(radius)
  const side = 2 * reach + 1
  const inside = Float64Array.from({ length: side * side }, (_, p) =>
    (Math.floor(p / side) - reach) ** 2 + ((p % side) - reach) ** 2 <= radius ** 2 ? 1 : 0,
  )
  const area = inside.reduce((a, b) => a + b)
  const edge = gaussianKernel(smoothness, radius <= 8 ? 1 : 2)
  const middle = (edge.length - 1) / 2
  const values = inside.map((_, p) => {
    let sum = 0
    for (const [i, vertical] of edge.entries())
      for (const [j, horizontal] of edge.entries()) {
        const row = reflect(Math.floor(p / side) + i - middle, side)
        const column = reflect((p % side) + j - middle, side)
        sum += vertical * horizontal * inside[row * side + column]!
      }
    return sum / area
  })
  return { height: side, width: side, values }
}
