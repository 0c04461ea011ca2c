import * as tf from '@tensorflow/tfjs-core'
import type { DifferentiableModel } from '@vatun/core'
import { type AugmentationContext, defineAugmentation } from '../augmentation.js'
import { ascend, type Course, complete, completeStepwise, courseOfStep } from './ascend.js'
import { alphaParameter, defaultAlpha, epsilonParameter, stepsParameter, targetParameter } from './attack-steps.js'
import { type Epsilon, epsilonOf } from './epsilon.js'
import type { Labels } from './loss-gradient.js'

/** Options of {@link bim}. */
export interface BimOptions {
  /** Iterations. Default 10. */
  readonly steps?: number
  /** Change of a pixel's channel by one iteration, in pixel units. Default `2.5 · ε / steps`. */
  readonly alpha?: Epsilon
  /** Labels are classes to lead to. */
  readonly targeted?: boolean
}

/**
 * Basic iterative method, or I-FGSM (Kurakin et al. 2017, "Adversarial examples in the physical world", section 2.2): FGSM in small steps,
 * after each of which the image is brought back into the cube of ± ε around the original and into [0, 1].
 *
 * @param model Borrowed; see {@link lossGradient} for what its gradients need.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param labels Classes to lead away from, or with `targeted` to lead to.
 * @param epsilon Largest change of a pixel's channel, in pixel units: `8 / 255` or `'8/255'`.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function bim(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  epsilon: Epsilon,
  { steps = 10, alpha, targeted = false }: BimOptions = {},
): tf.Tensor4D {
  const radius = epsilonOf(epsilon, 'bim', 1)
  const length = alpha === undefined ? undefined : epsilonOf(alpha, 'bim', 1, 'alpha')
  return complete(bimCourse(model, images, labels, targeted, { epsilon: radius, steps, alpha: length }))
}

interface BimValues {
  readonly epsilon: number
  readonly steps: number
  readonly alpha: number | undefined
}

function bimCourse(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  targeted: boolean,
  { epsilon, steps, alpha = defaultAlpha(epsilon, steps) }: BimValues,
): Course {
  const ascent = { model, images, labels, targeted, norm: 'linf', epsilon, alpha, steps, where: 'bim' } as const
  return ascend(tf.clone(images), ascent)
}

function stepCourse(
  images: tf.Tensor4D,
  values: BimValues & { readonly target: number | undefined },
  context: AugmentationContext,
): Course {
  return courseOfStep(images, values, context, 'bim', (model, labels, targeted) =>
    bimCourse(model, images, labels, targeted, values),
  )
}

/** Step `{ name: 'bim', epsilon, steps?, alpha?, target? }`: as for `fgsm`, away from the true or predicted class, or towards `target`. */
export const bimAugmentation = defineAugmentation({
  name: 'bim',
  label: 'BIM',
  needsClassifier: true,
  parameters: [epsilonParameter, { ...stepsParameter, default: 10 }, alphaParameter, targetParameter],
  apply: (images, values, context) => complete(stepCourse(images, values, context)),
  applyStepwise: (images, values, context, signal) => completeStepwise(stepCourse(images, values, context), signal),
})
