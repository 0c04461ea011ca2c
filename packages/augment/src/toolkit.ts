import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from './augmentation.js'
import * as pixelFunctions from './pixel-functions.js'
import { seededNormal, seededRandom } from './seeded-random.js'

/**
 * What a module of your own augmentations is made of, so that it need not import anything: TensorFlow.js (`tf`, the one that computes here),
 * `defineAugmentation`, every built-in change of pixels as a function on tensors, and numbers that belong to a seed.
 */
export const toolkit = { tf, defineAugmentation, seededRandom, seededNormal, ...pixelFunctions } as const

/** See {@link toolkit}. */
export type Toolkit = typeof toolkit
