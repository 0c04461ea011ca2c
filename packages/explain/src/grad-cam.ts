import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, VatunError } from '@vatun/core'

/**
 * Grad-CAM (Selvaraju et al. 2017, "Grad-CAM: Visual explanations from deep networks via gradient-based localization", equations 1 and 2):
 * `relu(Σₖ αₖ Aₖ)` with the feature maps `Aₖ` of a layer and `αₖ` the spatial mean of the gradient of the class' logit by `Aₖ`.
 *
 * Only the part of the network after the layer is differentiated.
 *
 * @param model Borrowed.
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param layer A layer with feature maps, usually the last convolution.
 * @param classIndices `[n]` class of each image whose evidence is asked for.
 * @returns float32 `[n, layerHeight, layerWidth]`, ≥ 0, not normalised, owned by the caller. All 0 where nothing speaks for the class.
 * @throws VatunError `bad-input` for a layer without feature maps or a class that does not exist, `not-found` for an unknown layer.
 */
export function gradCam(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  layer: string,
  classIndices: readonly number[],
): tf.Tensor3D {
  const n = images.shape[0]
  if (classIndices.length !== n)
    throw new VatunError('bad-input', `gradCam: ${classIndices.length} classes for ${n} images, expected one for each`)
  return tf.tidy(() => {
    const maps = model.activation(images, layer)
    if (maps.rank !== 4)
      throw new VatunError(
        'bad-input',
        `gradCam: layer "${layer}" has rank ${maps.rank}, expected 4 ([batch, height, width, channels])`,
        { details: { layer, rank: maps.rank } },
      )
    const chosen = tf.tensor1d(Int32Array.from(classIndices), 'int32')
    let classes = 0
    const gradient = tf.grad((activation) => {
      const logits = model.logitsFrom(images, layer, activation)
      classes = logits.shape[1]
      // Cast, because the wasm backend writes integers into a float32 one-hot (tfjs 4.22).
      return tf.sum(tf.mul(logits, tf.cast(tf.oneHot(chosen, classes), 'float32')))
    })(maps)
    // Only now: an error inside `tf.grad` leaks what it had saved for the way back.
    for (const index of classIndices)
      if (!(Number.isInteger(index) && index >= 0 && index < classes))
        throw new VatunError('bad-input', `gradCam: class ${index}, expected 0 to ${classes - 1}`)
    const weights = tf.mean(gradient, [1, 2], true)
    return tf.relu(tf.sum(tf.mul(maps, weights), 3)) as tf.Tensor3D
  })
}
