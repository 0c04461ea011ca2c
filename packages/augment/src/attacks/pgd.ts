import * as tf from '@tensorflow/tfjs-core'
import type { DifferentiableModel } from '@vatun/core'
import { type AugmentationContext, defineAugmentation } from '../augmentation.js'
import { ascend, type Course, complete, completeStepwise, courseOfStep, project } from './ascend.js'
import {
  alphaParameter,
  defaultAlpha,
  epsilonParameter,
  longestEpsilon,
  type Norm,
  normParameter,
  seedParameter,
  stepsParameter,
  targetParameter,
} from './attack-steps.js'
import { type Epsilon, epsilonOf } from './epsilon.js'
import { attackMargin, type Labels } from './loss-gradient.js'
import { drawWithin } from './random-start.js'

/** Options of {@link pgd}. */
export interface PgdOptions {
  /** What epsilon bounds: the change of each value (`linf`, the default), or the Euclidean length over all values of an image (`l2`). */
  readonly norm?: Norm
  /** Iterations of each restart. Default 20. */
  readonly steps?: number
  /** Length of one iteration's step, in the norm. Default `2.5 · ε / steps`. */
  readonly alpha?: Epsilon
  /** Starts, each from another random point of the ball. Default 1. */
  readonly restarts?: number
  /** Draws the starting points. Default 0. */
  readonly seed?: number
  /** `[n]`: whole numbers that tell images apart, so that a start does not depend on the batch. Default: the position in the batch. */
  readonly ids?: ArrayLike<number>
  /** Labels are classes to lead to. */
  readonly targeted?: boolean
}

/**
 * Projected gradient descent on the negative loss (Madry et al. 2018, "Towards deep learning models resistant to adversarial attacks", section
 * 2.1): from a random point of the ball, steps along the sign of the gradient (L∞) or along the gradient (L2), each projected onto the ball
 * and onto [0, 1]. Of several restarts each image keeps the one whose logits are nearest to the goal.
 *
 * @param model Borrowed; see {@link lossGradient} for what its gradients need.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param labels Classes to lead away from, or with `targeted` to lead to.
 * @param epsilon Radius of the ball, in pixel units: `8 / 255` or `'8/255'` for L∞, for instance 0.5 for L2.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function pgd(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  epsilon: Epsilon,
  options: PgdOptions = {},
): tf.Tensor4D {
  const { norm = 'linf', steps = 20, restarts = 1, seed = 0, targeted = false, ids, alpha } = options
  const largest = norm === 'linf' ? 1 : longestEpsilon
  const values = {
    ...{ norm, steps, restarts, seed, ids },
    epsilon: epsilonOf(epsilon, 'pgd', largest),
    alpha: alpha === undefined ? undefined : epsilonOf(alpha, 'pgd', longestEpsilon, 'alpha'),
  }
  return complete(pgdCourse(model, images, labels, targeted, values))
}

interface PgdValues {
  readonly norm: Norm
  readonly epsilon: number
  readonly steps: number
  readonly alpha: number | undefined
  readonly restarts: number
  readonly seed: number
  readonly ids?: ArrayLike<number> | undefined
}

function* pgdCourse(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  targeted: boolean,
  values: PgdValues,
): Course {
  const { norm, epsilon, steps, alpha = defaultAlpha(epsilon, steps), restarts, seed, ids } = values
  const ascent = { model, images, labels, targeted, norm, epsilon, alpha, steps, where: 'pgd' } as const
  let best: { images: tf.Tensor4D; margin: tf.Tensor1D } | undefined
  try {
    for (let round = 0; round < restarts; round++) {
      const start = tf.tidy(() =>
        project(tf.add(images, drawWithin(images.shape, { norm, epsilon, seed, round, ids })), images, ascent),
      )
      const found = yield* ascend(start, ascent)
      if (restarts === 1) return found
      const before = best
      best = nearer(before, { images: found, margin: attackMargin(model, found, labels, targeted) })
      yield
    }
    const result = best!.images
    best!.margin.dispose()
    best = undefined
    return result
  } finally {
    if (best) tf.dispose([best.images, best.margin])
  }
}

interface Candidate {
  readonly images: tf.Tensor4D
  readonly margin: tf.Tensor1D
}

/** Image by image the candidate nearer to the goal. Both are used up. */
function nearer(a: Candidate | undefined, b: Candidate): Candidate {
  if (!a) return b
  const [images, margin] = tf.tidy(() => {
    const improves = tf.less(b.margin, a.margin)
    const pick = tf.reshape(improves, [-1, 1, 1, 1])
    return [tf.where(pick, b.images, a.images), tf.minimum(a.margin, b.margin)] as const
  })
  tf.dispose([a.images, a.margin, b.images, b.margin])
  return { images: images as tf.Tensor4D, margin: margin as tf.Tensor1D }
}

function stepCourse(
  images: tf.Tensor4D,
  values: PgdValues & { readonly target: number | undefined },
  context: AugmentationContext,
): Course {
  return courseOfStep(images, values, context, 'pgd', (model, labels, targeted) =>
    pgdCourse(model, images, labels, targeted, { ...values, ids: context.ids }),
  )
}

/**
 * Step `{ name: 'pgd', epsilon, norm?, steps?, alpha?, restarts?, seed?, target? }`: as for `fgsm`, away from the true or predicted class, or
 * towards `target`.
 */
export const pgdAugmentation = defineAugmentation({
  name: 'pgd',
  label: 'PGD',
  needsClassifier: true,
  parameters: [
    { ...epsilonParameter, max: longestEpsilon },
    normParameter,
    { ...stepsParameter, default: 20 },
    alphaParameter,
    { kind: 'integer', name: 'restarts', label: 'Restarts', unit: '', min: 1, max: 1000, default: 1 },
    seedParameter,
    targetParameter,
  ],
  apply: (images, values, context) => complete(stepCourse(images, values, context)),
  applyStepwise: (images, values, context, signal) => completeStepwise(stepCourse(images, values, context), signal),
})
