import * as tf from '@tensorflow/tfjs-core'
import type { Corrupt } from './draw.js'
import { smooth, zoom } from './planes.js'

/** The mean of the image and its enlargements. */
export const zoomBlur: Corrupt<readonly number[]> = (images, factors) =>
  tf.tidy(() => {
    const sum = factors.reduce<tf.Tensor4D>((total, factor) => tf.add(total, zoom(images, factor)), images)
    return tf.div(sum, factors.length + 1)
  })

/** Gaussian blur; beyond the border the nearest pixel counts. */
export const gaussianBlur: Corrupt<number> = (images, sigma) => smooth(images, sigma)
