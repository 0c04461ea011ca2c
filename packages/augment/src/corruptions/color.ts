import * as tf from '@tensorflow/tfjs-core'
import { checkRgb } from '../channels.js'
import type { Corrupt } from './draw.js'

/** Adds to the value of HSV: all channels grow in proportion; black becomes grey. */
export const brightness: Corrupt<number> = (images, amount) =>
  tf.tidy(() => {
    const value = tf.max(images, 3, true)
    const brighter = tf.clipByValue(tf.add(value, amount), 0, 1)
    const black = tf.equal(value, 0)
    const scale = tf.div(brighter, tf.where(black, tf.onesLike(value), value))
    return tf.where(
      tf.tile(black, [1, 1, 1, images.shape[3]]),
      tf.add(tf.zerosLike(images), brighter),
      tf.mul(images, scale),
    ) as tf.Tensor4D
  })

/** Spreads each channel about its own mean over the image. */
export const contrast: Corrupt<number> = (images, factor) =>
  tf.tidy(() => {
    const mean = tf.mean(images, [1, 2], true)
    return tf.add(tf.mul(tf.sub(images, mean), factor), mean) as tf.Tensor4D
  })

/** Multiplies the saturation of HSV, and adds to it. Grey counts as red of saturation 0, so that adding makes it reddish. */
export const saturate: Corrupt<readonly [number, number]> = (images, [factor, summand]) => {
  checkRgb(images, 'saturate', 'grey has no saturation')
  return tf.tidy(() => {
    const value = tf.max(images, 3, true)
    const chroma = tf.sub(value, tf.min(images, 3, true))
    const divisor = tf.where(tf.equal(value, 0), tf.onesLike(value), value)
    const saturation = tf.div(chroma, divisor)
    const wanted = tf.clipByValue(tf.add(tf.mul(saturation, factor), summand), 0, 1)
    const grey = tf.equal(chroma, 0)
    const fall = tf.div(tf.sub(value, images), tf.where(grey, tf.onesLike(chroma), chroma))
    const fallOfRed = tf.mul(tf.onesLike(images), tf.tensor1d([0, 1, 1]))
    const chosen = tf.where(tf.tile(grey, [1, 1, 1, 3]), fallOfRed, fall)
    return tf.sub(value, tf.mul(tf.mul(value, wanted), chosen)) as tf.Tensor4D
  })
}
