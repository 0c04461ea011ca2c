import * as tf from '@tensorflow/tfjs-core'
import { changeOnHost, type Pixels } from '../host-pixels.js'
import { type Corrupt, uniformOf } from './draw.js'
import { smooth } from './planes.js'

/**
 * Frosted glass: pixels take the colour of a random neighbour, between two Gaussian blurs. The original means to swap them, but its assignment
 * of NumPy views copies only; so does this one.
 */
export const glassBlur: Corrupt<readonly [number, number, number]> = (images, [sigma, reach, rounds], draw) =>
  tf.tidy(() => {
    const blurred = tf.clipByValue(smooth(images, sigma), 0, 1)
    const shuffled = changeOnHost(blurred, (pixels, position) =>
      shuffle(pixels, reach, rounds, uniformOf(draw, position, 0)),
    )
    return smooth(shuffled, sigma)
  })

/**
 * Whole levels are cut off, as by the original's cast to uint8. The weakest blur moves a pixel by multiples of 3.4e-4 levels towards its neighbours; half
 * of that is far from where engines round differently.
 */
const halfStep = 1.7e-4

function shuffle({ data, height, width, channels }: Pixels, reach: number, rounds: number, random: () => number) {
  const offset = () => Math.floor(2 * reach * random()) - reach
  const levels = data.map((x) => Math.floor(255 * x + halfStep) / 255)
  for (let round = 0; round < rounds; round++)
    for (let row = height - reach; row > reach; row--)
      for (let column = width - reach; column > reach; column--) {
        const from = ((row + offset()) * width + column + offset()) * channels
        levels.copyWithin((row * width + column) * channels, from, from + channels)
      }
  return levels
}
