import * as tf from '@tensorflow/tfjs-core'
import { type Corrupt, uniformOf } from './draw.js'
import { planesOf } from './planes.js'
import { cloud } from './plasma-fractal.js'

/** What replaces the photographs, in words for people. */
export const frostNote =
  'The original overlays photographs of frosted windows, which cannot be shipped; this one overlays a procedural texture of ice, so error rates are not comparable with published ones.'

/** The colour of ice where there are three channels; else its mean. */
const ice = [0.8, 0.9, 1] as const

/** `c₀ · x + c₁ · frost`, with a procedural frost. */
export const frost: Corrupt<readonly [number, number]> = (images, [kept, added], draw) =>
  tf.tidy(() => {
    const texture = planesOf(images, (i, height, width) => {
      const ridges = cloud(height, width, 1.5, uniformOf(draw, i, 0))
      const cover = cloud(height, width, 1.9, uniformOf(draw, i, 1))
      // Needles along the level lines of one cloud, thick where another one is dense.
      return ridges.map((r, p) => cover[p]! * (0.35 + 0.65 * (1 - Math.abs(2 * r - 1)) ** 4))
    })
    const color = images.shape[3] === 3 ? tf.mul(texture, ice) : tf.mul(texture, 0.9)
    return tf.add(tf.mul(images, kept), tf.mul(color, added)) as tf.Tensor4D
  })
