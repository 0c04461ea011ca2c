import * as tf from '@tensorflow/tfjs-core'
import type { Pipeline } from '@vatun/core'
import type { AugmentationContext } from './augmentation.js'
import { checkImages } from './check.js'
import { builtIn, readValues } from './registry.js'

/**
 * Applies the steps of a pipeline in order, on whatever backend the images are on.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param context What attack steps need (the classifier, and the labels if they are known), what tells images apart for seeded steps, and the
 * registry that knows your own augmentations.
 * @returns Tensor of the same shape in [0, 1], owned by the caller; a copy for an empty pipeline.
 * @throws VatunError `not-found` for an unknown step, `bad-input` for its parameters, `unsupported` for an attack without gradients.
 */
export function applyPipeline(images: tf.Tensor4D, pipeline: Pipeline, context: AugmentationContext = {}): tf.Tensor4D {
  checkImages(images, 'applyPipeline')
  // All steps are checked before the first one costs anything.
  const registry = context.registry ?? builtIn
  const steps = pipeline.map((step) => {
    const augmentation = registry.find(step.name)
    return { augmentation, values: readValues(augmentation, step) }
  })
  return tf.tidy(() =>
    steps.reduce((x, { augmentation, values }) => augmentation.apply(x, values, context), tf.clone(images)),
  )
}
