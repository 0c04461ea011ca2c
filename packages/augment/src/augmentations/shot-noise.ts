import * as tf from '@tensorflow/tfjs-core'
import { seedParameter } from '../attacks/attack-steps.js'
import { defineAugmentation } from '../augmentation.js'
import { checkImages, checkRange } from '../check.js'
import { changeEach, type HostImages, runOnHost } from '../host-pixels.js'
import { checkIds, type Ids, idOf } from '../noise-field.js'
import { seededNormal, seededRandom } from '../seeded-random.js'

/**
 * Counts photons: `clip(k · variance)` with `k` drawn from the Poisson distribution of mean `x / variance`, for every value. A white pixel gets
 * this variance, others less. ImageNet-C's parameter is `1 / variance`. Drawn on the host.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param variance 0 (unchanged) … 1 (one photon for white).
 * @param ids `[n]` whole numbers that tell images apart; by default their positions.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function shotNoise(images: tf.Tensor4D, variance: number, seed = 0, ids?: Ids): tf.Tensor4D {
  checkImages(images, 'shotNoise')
  checkRange(variance, 'variance', 0, 1, 'shotNoise')
  checkIds(ids, images.shape[0], 'shotNoise')
  if (variance === 0) return tf.clone(images)
  return runOnHost(images, (batch) => countPhotons(batch, variance, seed, ids))
}

function countPhotons(images: HostImages, variance: number, seed: number, ids: Ids): Float32Array {
  return changeEach(images, ({ data }, position) => {
    const uniform = seededRandom(seed, idOf(ids, position), 0)
    const normal = seededNormal(seed, idOf(ids, position), 1)
    // Both are drawn for every value, so that a value does not depend on its neighbours.
    return data.map((x) => {
      const [u, z] = [uniform(), normal()]
      return x > variance * exactMean ? x : poisson(x / variance, u, z) * variance
    })
  })
}

/** So many photons deviate by less than floats can tell. */
const exactMean = 2 ** 50

/** Above this mean the third-order normal approximation is off by less than the rounding to whole photons. */
const largeMean = 64

/** A draw from the Poisson distribution: the inverse of its distribution function at `u`; for large means from the normal `z`. */
function poisson(mean: number, u: number, z: number): number {
  if (mean >= largeMean) return Math.max(0, Math.round(mean + Math.sqrt(mean) * z + (z * z - 1) / 6))
  let count = 0
  let probability = Math.exp(-mean)
  for (let below = probability; u >= below && count < 8 * largeMean; below += probability) {
    count++
    probability *= mean / count
  }
  return count
}

/** Step `{ name: 'shotNoise', variance, seed? }`. */
export const shotNoiseAugmentation = defineAugmentation({
  name: 'shotNoise',
  label: 'Shot noise',
  parameters: [
    { kind: 'number', name: 'variance', label: 'Variance of white', unit: '', min: 0, max: 1, fractions: true },
    seedParameter,
  ],
  apply: (images, { variance, seed }, { ids }) => shotNoise(images, variance, seed, ids),
  onHostOnly: true,
  applyOnHost: (images, { variance, seed }, { ids }) =>
    variance === 0 ? images.data : countPhotons(images, variance, seed, ids),
})
