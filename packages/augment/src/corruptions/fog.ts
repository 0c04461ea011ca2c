import * as tf from '@tensorflow/tfjs-core'
import { type Corrupt, uniformOf } from './draw.js'
import { planesOf } from './planes.js'
import { cloud } from './plasma-fractal.js'

/** Adds a cloud and scales back to the brightest value of the image. */
export const fog: Corrupt<readonly [number, number]> = (images, [strength, decay], draw) =>
  tf.tidy(() => {
    const clouds = planesOf(images, (i, height, width) => cloud(height, width, decay, uniformOf(draw, i, 0)))
    const brightest = tf.max(images, [1, 2, 3], true)
    const scale = tf.div(brightest, tf.add(brightest, strength))
    return tf.mul(tf.add(images, tf.mul(clouds, strength)), scale)
  })
