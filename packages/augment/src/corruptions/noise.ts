import * as tf from '@tensorflow/tfjs-core'
import { gaussianNoise } from '../augmentations/gaussian-noise.js'
import { impulseNoise } from '../augmentations/impulse-noise.js'
import { shotNoise } from '../augmentations/shot-noise.js'
import { normalField } from '../noise-field.js'
import type { Corrupt } from './draw.js'

/** `x + c · z`. */
export const gaussian: Corrupt<number> = (images, sigma, { seed, ids }) => gaussianNoise(images, sigma, seed, ids)

/** Photon counts: `Poisson(c · x) / c`. */
export const shot: Corrupt<number> = (images, photons, { seed, ids }) => shotNoise(images, 1 / photons, seed, ids)

/** A share `c` of all values becomes 0 or 1. */
export const impulse: Corrupt<number> = (images, share, { seed, ids }) => impulseNoise(images, share, seed, ids)

/** `x + c · x · z`. */
export const speckle: Corrupt<number> = (images, sigma, { seed, ids }) =>
  tf.tidy(() => {
    const z = tf.tensor4d(normalField(images.shape, seed, ids, 'speckle_noise'), images.shape)
    return tf.add(images, tf.mul(tf.mul(images, z), sigma))
  })
