import * as tf from '@tensorflow/tfjs-core'
import { seedParameter } from '../attacks/attack-steps.js'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'
import { type Ids, uniformField } from '../noise-field.js'

/**
 * Salt and pepper: each value, channel by channel, becomes 0 or 1 with probability `share / 2` each. What a smaller share hits, a
 * larger one with the same seed and id hits as well.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param share 0 (unchanged) … 1 (nothing left).
 * @param ids `[n]` whole numbers that tell images apart; by default their positions.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function impulseNoise(images: tf.Tensor4D, share: number, seed = 0, ids?: Ids): tf.Tensor4D {
  checkImages(images, 'impulseNoise')
  checkRange(share, 'share', 0, 1, 'impulseNoise')
  if (share === 0) return tf.clone(images)
  return tf.tidy(() => hit(images, draws(images, seed, ids), share))
}

function draws(images: tf.Tensor4D, seed: number, ids: Ids): tf.Tensor4D {
  return tf.tensor4d(uniformField(images.shape, seed, ids, 'impulseNoise'), images.shape)
}

function hit(images: tf.Tensor4D, u: tf.Tensor4D, share: number): tf.Tensor4D {
  const peppered = tf.where(tf.less(u, share / 2), tf.zerosLike(images), images)
  // From the other end of [0, 1), so that both grow with the share.
  return tf.where(tf.greaterEqual(u, 1 - share / 2), tf.onesLike(images), peppered) as tf.Tensor4D
}

/** Step `{ name: 'impulseNoise', share, seed? }`. The draws serve a series of shares. */
export const impulseNoiseAugmentation = defineAugmentation({
  name: 'impulseNoise',
  label: 'Impulse noise',
  parameters: [{ kind: 'number', name: 'share', label: 'Share', unit: '', min: 0, max: 1 }, seedParameter],
  prepare: (images, { seed }, { ids }) => draws(images, seed, ids),
  apply: (images, { share, seed }, { ids }, prepared) =>
    prepared && share > 0 ? tf.tidy(() => hit(images, prepared, share)) : impulseNoise(images, share, seed, ids),
})
