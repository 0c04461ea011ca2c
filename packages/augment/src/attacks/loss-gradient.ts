import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, VatunError } from '@vatun/core'
import { checkImages } from '../check.js'

/**
 * Images whose gradients are computed at once: what the way back needs is kept for each of them, some hundred times its pixels, and speed gains
 * nothing beyond a few.
 */
const GRADIENT_IMAGES = 8

/** What the pixels of these take at most, as float32. */
const GRADIENT_BYTES = 2 ** 20

/** `[n]` class indices, on the host or the device. */
export type Labels = ArrayLike<number> | tf.Tensor1D

/**
 * Gradient of the cross entropy of the logits by the pixels, image by image (the losses are summed, not averaged, so that the batch
 * size does not matter). The gradients of the operations have to be registered (opening a model does it; so does importing
 * `@tensorflow/tfjs-layers`).
 *
 * @param model Borrowed.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param where Names the caller in errors.
 * @returns float32 tensor of the same shape, owned by the caller.
 * @throws VatunError `bad-input` when the labels do not fit the images or the classes.
 */
export function lossGradient(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  where = 'lossGradient',
): tf.Tensor4D {
  checkImages(images, where)
  checkLabelCount(images, labels, where)
  const bytes = (4 * images.size) / images.shape[0]
  const gradientBatch = Math.max(1, Math.min(GRADIENT_IMAGES, Math.floor(GRADIENT_BYTES / bytes)))
  return tf.tidy(() => {
    const indices = labelTensor(labels)
    let classes = 0
    const gradientOf = (first: number, count: number) =>
      tf.tidy(() => {
        const own = tf.slice(indices, first, count) as tf.Tensor1D
        return tf.grad((x) => {
          const logits = model.logits(x as tf.Tensor4D)
          classes = logits.shape[1]
          return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), oneHot(own, classes))))
        })(tf.slice(images, [first, 0, 0, 0], [count, -1, -1, -1]))
      })
    const parts: tf.Tensor[] = []
    for (let first = 0; first < images.shape[0]; first += gradientBatch)
      parts.push(gradientOf(first, Math.min(gradientBatch, images.shape[0] - first)))
    const gradient = tf.concat(parts, 0)
    // Only now: an error inside `tf.grad` leaks what it had saved for the way back.
    if (!(labels instanceof tf.Tensor)) checkClasses(labels, classes, where)
    return gradient as tf.Tensor4D
  })
}

/** The classes a model predicts: int32 `[n]`, owned by the caller; the first of equals. */
export function predictedLabels(model: DifferentiableModel, images: tf.Tensor4D): tf.Tensor1D {
  return tf.tidy(() => tf.argMax(model.logits(images), 1) as tf.Tensor1D)
}

/**
 * How far an attack is from its goal: the logit of the label minus the highest other one, or with `targeted` the other way round. Below 0 the
 * attack has succeeded.
 * @returns float32 `[n]`, owned by the caller.
 */
export function attackMargin(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  labels: Labels,
  targeted: boolean,
): tf.Tensor1D {
  return tf.tidy(() => {
    const logits = model.logits(images)
    const truth = oneHot(labelTensor(labels), logits.shape[1])
    const own = tf.sum(tf.mul(logits, truth), 1)
    const others = tf.max(tf.sub(logits, tf.mul(truth, 1e30)), 1)
    return (targeted ? tf.sub(others, own) : tf.sub(own, others)) as tf.Tensor1D
  })
}

/** @throws VatunError `bad-input` unless there is one label for each image */
export function checkLabelCount(images: tf.Tensor4D, labels: Labels, where: string): void {
  const n = images.shape[0]
  const count = labels instanceof tf.Tensor ? labels.size : labels.length
  if (count !== n) throw new VatunError('bad-input', `${where}: ${count} labels for ${n} images, expected one for each`)
}

/** @throws VatunError `bad-input` for a class that the model does not have */
export function checkClasses(labels: ArrayLike<number>, classes: number, where: string): void {
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!
    if (!(Number.isInteger(label) && label >= 0 && label < classes))
      throw new VatunError('bad-input', `${where}: class ${label} of image ${i}, expected 0 to ${classes - 1}`)
  }
}

/** Call it inside `tf.tidy`. */
function labelTensor(labels: Labels): tf.Tensor1D {
  return labels instanceof tf.Tensor ? labels : tf.tensor1d(Int32Array.from(labels), 'int32')
}

function oneHot(labels: tf.Tensor1D, classes: number): tf.Tensor {
  // Cast, because the wasm backend writes integers into a float32 one-hot (tfjs 4.22).
  return tf.cast(tf.oneHot(labels, classes), 'float32')
}
