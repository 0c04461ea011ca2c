import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { Preprocessing } from './model-spec.js'

/** A differentiable step from pixels in [0, 1] to what the network was trained on. */
export interface Preprocessor {
  /** `[n, height, width, channels]` in and out. Borrows its input; the result is the caller's. */
  apply(images: tf.Tensor4D): tf.Tensor4D
  dispose(): void
}

/**
 * Prepares `(pixel - mean) / std` for images of `channels` channels. A list with one entry is used for every channel.
 * @throws VatunError `bad-input` if a list has another length, is not finite, or a standard deviation is not positive.
 */
export function createPreprocessor({ mean, std }: Preprocessing, channels: number): Preprocessor {
  for (const [name, values] of [
    ['mean', mean],
    ['std', std],
  ] as const) {
    if (values.length !== 1 && values.length !== channels)
      throw new VatunError(
        'bad-input',
        `preprocessing: ${name} has ${values.length} entries, expected one per channel, ${channels}`,
      )
    if (!values.every((v) => Number.isFinite(v) && (name === 'mean' || v > 0)))
      throw new VatunError(
        'bad-input',
        `preprocessing: ${name} is [${values.join(', ')}], expected ${name === 'mean' ? 'finite' : 'positive'} numbers`,
      )
  }
  const [shift, scale] = tf.tidy(() => [tf.keep(tf.tensor1d([...mean])), tf.keep(tf.tensor1d([...std]))] as const)
  return {
    apply: (images) => tf.tidy(() => tf.div<tf.Tensor4D>(tf.sub(images, shift), scale)),
    dispose: () => tf.dispose([shift, scale]),
  }
}
