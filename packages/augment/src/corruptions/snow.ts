import * as tf from '@tensorflow/tfjs-core'
import { grayOf } from '../channels.js'
import { changeOnHost } from '../host-pixels.js'
import type { CorruptionConstants } from './constants.js'
import { type Corrupt, normalOf, uniformOf } from './draw.js'
import { streak } from './motion-blur.js'
import { planesOf, zoom } from './planes.js'

/** Flakes that fall between -135 and -45 degrees, twice (once turned by 180°), over an image that is paler than before. */
export const snow: Corrupt<CorruptionConstants['snow'][number]> = (images, constants, draw) =>
  tf.tidy(() => {
    const [mean, spread, size, threshold, radius, sigma, kept] = constants
    const flakes = planesOf(images, (i, height, width) => {
      const normal = normalOf(draw, i, 0)
      return Float32Array.from({ length: height * width }, () => mean + spread * normal())
    })
    const zoomed = zoom(flakes, size)
    const visible = tf.where(
      tf.less(zoomed, threshold),
      tf.zerosLike(zoomed),
      tf.clipByValue(zoomed, 0, 1),
    ) as tf.Tensor4D
    const falling = changeOnHost(visible, (pixels, i) =>
      streak(pixels, radius, sigma, 90 * uniformOf(draw, i, 1)() - 135),
    )
    const pale = tf.maximum(images, tf.add(tf.mul(grayOf(images), 1.5), 0.5))
    const scene = tf.add(tf.mul(images, kept), tf.mul(pale, 1 - kept))
    return tf.add(tf.clipByValue(scene, 0, 1), tf.add(falling, tf.reverse(falling, [1, 2]))) as tf.Tensor4D
  })
