import * as tf from '@tensorflow/tfjs-core'
import type { CorruptionConstants } from './constants.js'
import { type Corrupt, normalOf } from './draw.js'
import { dropletShading } from './droplet-shading.js'
import { planesOf, smooth } from './planes.js'

/** What differs from the original, in words for people. */
export const spatterNote =
  'The original shades drops of water by edges of Canny’s detector; this one by the border of the wet area, so drops of severities 1 to 3 look slightly different.'

const paleTurquoise = [175 / 255, 238 / 255, 238 / 255] as const
const mud = [63 / 255, 42 / 255, 20 / 255] as const

/** Drops of water (severities 1 to 3) or mud (4 and 5). Images without three channels get the mean of its colour. */
export const spatter: Corrupt<CorruptionConstants['spatter'][number]> = (images, constants, draw) =>
  tf.tidy(() => {
    const [mean, spread, smoothness, threshold, film, isMud] = constants
    const noise = planesOf(images, (i, height, width) => {
      const normal = normalOf(draw, i, 0)
      return Float32Array.from({ length: height * width }, () => mean + spread * normal())
    })
    const smoothed = smooth(noise, smoothness)
    const wet = tf.cast(tf.greater(smoothed, threshold), 'float32') as tf.Tensor4D
    if (isMud) {
      const soft = smooth(wet, film)
      const cover = tf.where(tf.less(soft, 0.8), tf.zerosLike(soft), soft)
      return tf.add(tf.mul(images, tf.sub(1, cover)), tinted(cover, mud, images.shape[3])) as tf.Tensor4D
    }
    const liquid = tf.mul(smoothed, wet) as tf.Tensor4D
    const levels = liquid.dataSync()
    const shaded = planesOf(images, (i, height, width) => {
      const plane = levels.subarray(i * height * width, (i + 1) * height * width)
      return dropletShading(plane, height, width)
    })
    const most = tf.max(shaded, [1, 2, 3], true)
    const strength = tf.mul(tf.div(shaded, tf.maximum(most, 1e-6)), film)
    return tf.add(images, tinted(strength, paleTurquoise, images.shape[3])) as tf.Tensor4D
  })

function tinted(plane: tf.Tensor, color: readonly number[], channels: number): tf.Tensor {
  if (channels === 3) return tf.mul(plane, tf.tensor1d([...color]))
  return tf.mul(tf.mul(plane, color.reduce((a, b) => a + b) / 3), tf.ones([channels]))
}
