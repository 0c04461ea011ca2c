import * as tf from '@tensorflow/tfjs-core'
import { type AugmentationStep, type Axis, type Classifier, type Pipeline, yieldToEventLoop } from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import type { AugmentationContext } from './augmentation.js'
import { findAugmentation, readValues } from './registry.js'

/** Images a forward pass: enough to keep an engine busy, few enough for the memory that attack gradients need. */
export const batchSize = 32

/** What {@link predictDegrees} predicts. */
export interface DegreesRequest {
  readonly classifier: Classifier
  /** float32 `[n, height, width, channels]` in [0, 1], borrowed. Keep `n` at {@link batchSize} or below. */
  readonly images: tf.Tensor4D
  readonly axis: Axis
  /** `[n]` true classes for attacks; without them the model's own predictions. */
  readonly labels?: ArrayLike<number>
  /** Other parameters of the axis' step. */
  readonly step?: AugmentationStep
  /** Steps after the one that varies. */
  readonly after?: Pipeline
  readonly signal: AbortSignal
}

/**
 * Predicts the same images at every degree of an axis. Degrees are stacked until a forward pass has about {@link batchSize} images, and
 * what does not depend on the degree (the gradient of an attack) is computed once.
 *
 * @param onDegree Receives the position of the degree and its softmax rows `[n, classes]`, degrees in order.
 * @throws The signal's reason when it is aborted, looked at before each forward pass, after a turn of the event loop.
 */
export async function predictDegrees(
  request: DegreesRequest,
  onDegree: (degree: number, probabilities: Float32Array, classes: number) => void,
): Promise<void> {
  const { classifier, images, axis, labels, after = [], signal } = request
  const augmentation = findAugmentation(axis.name)
  const n = images.shape[0]
  const contextOf = (repeats: number): AugmentationContext =>
    labels ? { classifier, labels: repeat(labels, repeats) } : { classifier }
  const values = axis.degrees.map((degree) =>
    readValues(augmentation, { ...request.step, name: axis.name, [axis.parameter]: degree }),
  )
  const perPass = Math.max(1, Math.floor(batchSize / n))
  signal.throwIfAborted()
  const prepared = augmentation.prepare?.(images, values[0]!, contextOf(1))
  try {
    for (let first = 0; first < values.length; first += perPass) {
      // An engine that computes synchronously would let no cancellation through.
      await yieldToEventLoop()
      signal.throwIfAborted()
      const pass = values.slice(first, first + perPass)
      const changed = tf.tidy(() => {
        const stacked = tf.concat(
          pass.map((v) => augmentation.apply(images, v, contextOf(1), prepared)),
          0,
        )
        return after.length === 0 ? stacked : applyPipeline(stacked, after, contextOf(pass.length))
      })
      try {
        const { probabilities, classes } = await classifier.predict(changed)
        const size = n * classes
        for (let i = 0; i < pass.length; i++)
          onDegree(first + i, probabilities.subarray(i * size, (i + 1) * size), classes)
      } finally {
        changed.dispose()
      }
    }
  } finally {
    prepared?.dispose()
  }
}

function repeat(labels: ArrayLike<number>, times: number): number[] {
  return Array.from({ length: times }, () => Array.from(labels)).flat()
}
