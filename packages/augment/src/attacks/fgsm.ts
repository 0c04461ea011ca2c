import * as tf from '@tensorflow/tfjs-core'
import type { DifferentiableModel } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { attackedModel, epsilonParameter, goalOf, targetParameter } from './attack-steps.js'
import { type Epsilon, epsilonOf } from './epsilon.js'
import { type Labels, lossGradient } from './loss-gradient.js'

/**
 * Fast gradient sign method (Goodfellow et al. 2015, "Explaining and harnessing adversarial examples", section 4):
 * `clip(x + ε · sign(∇ₓ J(x, y)), 0, 1)` with the cross entropy `J` of the logits. Towards a target: `x - ε · sign(∇ₓ J(x, t))`.
 *
 * Where the gradient is exactly 0 the pixel stays.
 *
 * @param model Borrowed; see {@link lossGradient} for what its gradients need.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param labels Classes to lead away from, or with `targeted` to lead to. See {@link predictedLabels}.
 * @param epsilon Largest change of a pixel's channel, in pixel units: `4 / 255` or `'4/255'`. 0 changes nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function fgsm(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  epsilon: Epsilon,
  options: { readonly targeted?: boolean } = {},
): tf.Tensor4D {
  const length = epsilonOf(epsilon, 'fgsm', 1)
  return tf.tidy(() =>
    stepAlong(images, tf.sign(lossGradient(model, images, labels, 'fgsm')), options.targeted ? -length : length),
  )
}

function stepAlong(images: tf.Tensor4D, direction: tf.Tensor4D, length: number): tf.Tensor4D {
  if (length === 0) return tf.clone(images)
  return tf.clipByValue(tf.add(images, tf.mul(direction, length)), 0, 1) as tf.Tensor4D
}

/**
 * Step `{ name: 'fgsm', epsilon, target? }`: away from the true class (the predicted one where the context has no labels), or towards
 * the class index `target`. The gradient is computed once for a series of epsilons.
 */
export const fgsmAugmentation = defineAugmentation({
  name: 'fgsm',
  label: 'FGSM',
  needsClassifier: true,
  parameters: [epsilonParameter, targetParameter],
  prepare(images, { target }, context) {
    const model = attackedModel(context, 'fgsm')
    return tf.tidy(() => {
      const { labels, targeted } = goalOf(model, images, target, context)
      const ascent = tf.sign(lossGradient(model, images, labels, 'fgsm'))
      return targeted ? tf.neg(ascent) : ascent
    })
  },
  apply(images, { epsilon, target }, context, prepared) {
    if (epsilon === 0) return tf.clone(images)
    if (prepared) return tf.tidy(() => stepAlong(images, prepared, epsilon))
    const model = attackedModel(context, 'fgsm')
    return tf.tidy(() => {
      const { labels, targeted } = goalOf(model, images, target, context)
      return fgsm(model, images, labels, epsilon, { targeted })
    })
  },
})
