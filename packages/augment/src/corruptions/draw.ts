import type * as tf from '@tensorflow/tfjs-core'
import { type Ids, idOf } from '../noise-field.js'
import { seededNormal, seededRandom } from '../seeded-random.js'

/** Where a corruption gets its random numbers: a stream of its own for each image. */
export interface Draw {
  readonly seed: number
  readonly ids: Ids
}

/** A corruption with the constants of one severity. Borrows the images; returns `[n, height, width, channels]` of any range, owned by the caller. */
export type Corrupt<C> = (images: tf.Tensor4D, constants: C, draw: Draw) => tf.Tensor4D

/** Uniform numbers for the image at a position of the batch; `purpose` tells several draws for one image apart. */
export function uniformOf({ seed, ids }: Draw, position: number, purpose: number): () => number {
  return seededRandom(seed, idOf(ids, position), purpose)
}

/** Standard normal numbers, likewise. */
export function normalOf({ seed, ids }: Draw, position: number, purpose: number): () => number {
  return seededNormal(seed, idOf(ids, position), purpose)
}
