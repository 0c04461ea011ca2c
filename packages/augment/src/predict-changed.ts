import * as tf from '@tensorflow/tfjs-core'
import {
  type Classifier,
  type ImageBatch,
  type Pipeline,
  type PredictResult,
  penultimateTap,
  toImageBatch,
} from '@vatun/core'
import { changeImages, disposeImages } from './change-images.js'
import type { Registry } from './create-registry.js'
import { builtIn } from './registry.js'
import { checkOneImage } from './sweep.js'

/**
 * Changes one image and predicts the result: the answer to a predict port.
 *
 * @param image n = 1.
 * @param pipeline Empty for the original, whose pixels come back as they are.
 * @param label True class for attacks; without it the model's own prediction.
 * @param registry Where the names of steps are looked up; the built-in ones by default.
 * @returns What the model saw, its softmax and its penultimate features (spatial mean where that layer is a feature map).
 */
export async function predictChanged(
  classifier: Classifier,
  image: ImageBatch,
  pipeline: Pipeline,
  label?: number,
  registry: Registry = builtIn,
): Promise<PredictResult> {
  checkOneImage(image, 'predict')
  const context = { classifier, registry, ...(label === undefined ? {} : { labels: [label] }) }
  const changed = changeImages(image, pipeline, context)
  try {
    const { probabilities, taps } = await classifier.predict(changed, [penultimateTap(classifier.info)])
    const seen = changed instanceof tf.Tensor ? await toImageBatch(changed) : changed
    // A copy, which a worker may hand over without taking the caller's pixels away.
    return { image: { ...seen, data: seen.data.slice() }, probabilities, features: taps[0]!.data }
  } finally {
    disposeImages(changed)
  }
}
