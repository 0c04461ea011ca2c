import type * as tf from '@tensorflow/tfjs-core'
import type { AugmentationStep } from '@vatun/core'
import type { Augmentation, AugmentationContext } from './augmentation.js'
import { readValues } from './registry.js'

/**
 * Applies one step, giving the event loop turns where it takes long.
 * @param images Borrowed.
 * @param prepared Result of {@link Augmentation.prepare}, borrowed.
 * @returns Tensor owned by the caller.
 * @throws The signal's reason when it is aborted.
 */
export async function applyStep(
  augmentation: Augmentation,
  images: tf.Tensor4D,
  step: AugmentationStep,
  context: AugmentationContext,
  signal: AbortSignal,
  prepared?: tf.Tensor4D,
): Promise<tf.Tensor4D> {
  const values = readValues(augmentation, step)
  if (augmentation.applyStepwise) return augmentation.applyStepwise(images, values, context, signal)
  return augmentation.apply(images, values, context, prepared)
}
