import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkImages } from '../check.js'
import { epsilonParameter, longestEpsilon, type Norm, normParameter, seedParameter } from './attack-steps.js'
import { type Epsilon, epsilonOf } from './epsilon.js'
import { drawAtBorder } from './random-start.js'

/** Options of {@link controlNoise}. */
export interface ControlNoiseOptions {
  /** Default `linf`. */
  readonly norm?: Norm
  /** Default 0. */
  readonly seed?: number
  /** `[n]`: whole numbers that tell images apart. Default: the position in the batch. */
  readonly ids?: ArrayLike<number>
}

/**
 * The control of an attack: a random change of the same size. Only what an attack does beyond it is the attack's doing.
 *
 * For L∞ every value moves by `± ε`, with a fair coin: as far as FGSM moves it in both norms. For L2 a random direction of length ε. Then clipped
 * to [0, 1], as an attack is.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param epsilon In pixel units: `8 / 255` or `'8/255'`.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function controlNoise(
  images: tf.Tensor4D,
  epsilon: Epsilon,
  { norm = 'linf', seed = 0, ids }: ControlNoiseOptions = {},
): tf.Tensor4D {
  checkImages(images, 'controlNoise')
  const length = epsilonOf(epsilon, 'controlNoise', norm === 'linf' ? 1 : longestEpsilon)
  if (length === 0) return tf.clone(images)
  return tf.tidy(() =>
    tf.clipByValue(
      tf.add(images, drawAtBorder(images.shape, { norm, epsilon: length, seed, ids })) as tf.Tensor4D,
      0,
      1,
    ),
  )
}

/** Step `{ name: 'controlNoise', epsilon, norm?, seed? }`. */
export const controlNoiseAugmentation = defineAugmentation({
  name: 'controlNoise',
  label: 'Random noise (control)',
  parameters: [{ ...epsilonParameter, max: longestEpsilon }, normParameter, seedParameter],
  apply: (images, { epsilon, norm, seed }, { ids }) =>
    controlNoise(images, epsilon, { norm, seed, ...(ids && { ids }) }),
})
