import * as tf from '@tensorflow/tfjs-core'
import { seedParameter } from '../attacks/attack-steps.js'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'
import { type Ids, normalField } from '../noise-field.js'

/**
 * Adds normally distributed noise to every value: `clip(x + sigma · z)`. The same seed and id give the same `z` at every sigma.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param sigma Standard deviation, at least 0; 0 changes nothing.
 * @param ids `[n]` whole numbers that tell images apart; by default their positions.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function gaussianNoise(images: tf.Tensor4D, sigma: number, seed = 0, ids?: Ids): tf.Tensor4D {
  checkImages(images, 'gaussianNoise')
  checkFinite(sigma, 'sigma', 'gaussianNoise')
  checkRange(sigma, 'sigma', 0, Number.POSITIVE_INFINITY, 'gaussianNoise')
  if (sigma === 0) return tf.clone(images)
  return tf.tidy(() => addNoise(images, noise(images, seed, ids), sigma))
}

function noise(images: tf.Tensor4D, seed: number, ids: Ids): tf.Tensor4D {
  return tf.tensor4d(normalField(images.shape, seed, ids, 'gaussianNoise'), images.shape)
}

function addNoise(images: tf.Tensor4D, z: tf.Tensor4D, sigma: number): tf.Tensor4D {
  return tf.clipByValue(tf.add(images, tf.mul(z, sigma)) as tf.Tensor4D, 0, 1)
}

/** Step `{ name: 'gaussianNoise', sigma, seed? }`. The draws serve a series of sigmas. */
export const gaussianNoiseAugmentation = defineAugmentation({
  name: 'gaussianNoise',
  label: 'Gaussian noise',
  parameters: [
    { kind: 'number', name: 'sigma', label: 'Standard deviation', unit: '', min: 0, max: 10, fractions: true },
    seedParameter,
  ],
  prepare: (images, { seed }, { ids }) => noise(images, seed, ids),
  apply: (images, { sigma, seed }, { ids }, prepared) =>
    prepared && sigma > 0 ? tf.tidy(() => addNoise(images, prepared, sigma)) : gaussianNoise(images, sigma, seed, ids),
})
