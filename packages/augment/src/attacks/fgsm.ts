import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, VatunError } from '@vatun/core'
import { type AugmentationContext, defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/** `[n]` class indices, on the host or the device. */
export type Labels = ArrayLike<number> | tf.Tensor1D

/**
 * Fast gradient sign method (Goodfellow et al. 2015, "Explaining and harnessing adversarial examples", section 4):
 * `clip(x + ε · sign(∇ₓ J(x, y)), 0, 1)` with the cross entropy `J` of the logits. Towards a target: `x - ε · sign(∇ₓ J(x, t))`.
 *
 * Where the gradient is exactly 0 the pixel stays. The gradients of the operations have to be registered (opening a model does
 * it; so does importing `@tensorflow/tfjs-layers`).
 *
 * @param model Borrowed.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param labels Classes to lead away from, or with `targeted` to lead to. See {@link predictedLabels}.
 * @param epsilon Largest change of a pixel's channel, in pixel units: 4 / 255. 0 changes nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function fgsm(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  epsilon: number,
  options: { readonly targeted?: boolean } = {},
): tf.Tensor4D {
  checkFinite(epsilon, 'epsilon', 'fgsm')
  checkRange(epsilon, 'epsilon', 0, 1, 'fgsm')
  return tf.tidy(() =>
    stepAlong(images, tf.sign(lossGradient(model, images, labels)), options.targeted ? -epsilon : epsilon),
  )
}

/**
 * Gradient of the cross entropy of the logits by the pixels, image by image (the losses are summed, not averaged, so that the batch
 * size does not matter).
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @returns float32 tensor of the same shape, owned by the caller.
 * @throws VatunError `bad-input` when the labels do not fit the images or the classes.
 */
export function lossGradient(model: DifferentiableModel, images: tf.Tensor4D, labels: Labels): tf.Tensor4D {
  checkImages(images, 'fgsm')
  const n = images.shape[0]
  const count = labels instanceof tf.Tensor ? labels.size : labels.length
  if (count !== n) throw new VatunError('bad-input', `fgsm: ${count} labels for ${n} images, expected one for each`)
  return tf.tidy(() => {
    const indices = labels instanceof tf.Tensor ? labels : tf.tensor1d(Int32Array.from(labels), 'int32')
    let classes = 0
    const gradient = tf.grad((x) => {
      const logits = model.logits(x as tf.Tensor4D)
      classes = logits.shape[1]
      // Cast, because the wasm backend writes integers into a float32 one-hot (tfjs 4.22).
      const truth = tf.cast(tf.oneHot(indices, classes), 'float32')
      return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), truth)))
    })(images)
    // Only now: an error inside `tf.grad` leaks what it had saved for the way back.
    if (!(labels instanceof tf.Tensor)) checkClasses(labels, classes)
    return gradient as tf.Tensor4D
  })
}

/** The classes a model predicts: int32 `[n]`, owned by the caller; the first of equals. */
export function predictedLabels(model: DifferentiableModel, images: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.argMax(model.logits(images), 1) as tf.Tensor1D)
}

function checkClasses(labels: ArrayLike<number>, classes: number): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new VatunError('bad-input', `fgsm: class ${label} of image ${i}, expected 0 to ${classes - 1}`)
  }
}

function stepAlong(images: tf.Tensor4D, direction: tf.Tensor4D, length: number): tf.Tensor4D {
  if (length === 0) return tf.clone(images)
  return tf.clipByValue(tf.add(images, tf.mul(direction, length)), 0, 1) as tf.Tensor4D
}

/** Sign of the gradient, in the direction of the attack. */
function attackDirection(images: tf.Tensor4D, target: number | undefined, context: AugmentationContext): tf.Tensor4D {
  const model = context.classifier?.differentiable
  if (!model)
    throw new VatunError(
      'unsupported',
      context.classifier
        ? `fgsm: ${context.classifier.info.name} runs on an engine without gradients, open it on a differentiable one`
        : 'fgsm: no classifier to attack, give one in the context',
    )
  return tf.tidy(() => {
    if (target !== undefined)
      return tf.neg(tf.sign(lossGradient(model, images, new Array<number>(images.shape[0]).fill(target))))
    return tf.sign(lossGradient(model, images, context.labels ?? predictedLabels(model, images)))
  })
}

/**
 * Step `{ name: 'fgsm', epsilon, target? }`: away from the true class (the predicted one where the context has no labels), or towards
 * the class index `target`.
 */
export const fgsmAugmentation = defineAugmentation({
  name: 'fgsm',
  label: 'FGSM',
  needsClassifier: true,
  parameters: [
    { kind: 'number', name: 'epsilon', label: 'Epsilon', unit: '', min: 0, max: 1, fractions: true },
    { kind: 'integer', name: 'target', label: 'Target class', unit: '', min: 0, max: 1e6, optional: true },
  ],
  prepare: (images, { target }, context) => attackDirection(images, target, context),
  apply: (images, { epsilon, target }, context, prepared) =>
    epsilon === 0
      ? tf.clone(images)
      : tf.tidy(() => stepAlong(images, prepared ?? attackDirection(images, target, context), epsilon)),
})
