import * as tf from '@tensorflow/tfjs-core'
import {
  type Classifier,
  type ExplainRequest,
  type ExplainResult,
  findLayer,
  type ImageBatch,
  toTensor,
  VatunError,
} from '@vatun/core'
import { gradCam } from './grad-cam.js'
import { resizeMap } from './resize-map.js'

/**
 * Where one image holds the evidence for a class: the answer to an explain port, once the pipeline has been applied.
 *
 * @param image The image as the model sees it: n = 1, or float32 `[1, height, width, channels]` in [0, 1] (borrowed).
 * @returns Grad-CAM at image size, ≥ 0, not normalised.
 * @throws VatunError `unsupported` for an engine without gradients; else as {@link gradCam}.
 */
export async function explainImage(
  classifier: Classifier,
  image: ImageBatch | tf.Tensor4D,
  request: Pick<ExplainRequest, 'method' | 'layer' | 'classIndex'>,
): Promise<ExplainResult> {
  const { info, differentiable: model } = classifier
  if (request.method !== 'grad-cam')
    throw new VatunError('unsupported', `explain: no method "${String(request.method)}", expected grad-cam`)
  if (!model)
    throw new VatunError(
      'unsupported',
      `explain: ${info.name} runs on an engine without gradients, open it on a differentiable one`,
    )
  findLayer(info, request.layer, 'explain')
  const n = image instanceof tf.Tensor ? image.shape[0] : image.n
  if (n !== 1) throw new VatunError('bad-input', `explain: ${n} images, expected exactly one`)
  const { height, width } = info.input
  const map = tf.tidy(() => {
    const pixels = image instanceof tf.Tensor ? image : toTensor(image)
    return resizeMap(gradCam(model, pixels, request.layer, [request.classIndex]), height, width)
  })
  try {
    return { map: (await map.data()) as Float32Array, height, width }
  } finally {
    map.dispose()
  }
}
