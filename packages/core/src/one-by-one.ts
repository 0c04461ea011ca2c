import * as tf from '@tensorflow/tfjs-core'
import { LOGITS, type TfjsNetwork } from './tfjs-network.js'

type Run = TfjsNetwork['run']

/** Runs images one after the other, for a network that loses their axis. */
export function oneByOne(run: Run): Run {
  return (images, fetches, { replace, ...options }) =>
    tf.tidy(() => {
      const parts = tf.split<tf.Tensor4D>(images, images.shape[0])
      const activations = replace && tf.split(replace.activation, images.shape[0])
      const results = parts.map((image, i) =>
        run(image, fetches, {
          ...options,
          ...(replace && { replace: { layer: replace.layer, activation: activations![i]! } }),
        }),
      )
      return fetches.map((_, f) => tf.concat(results.map((result) => result[f]!)))
    })
}

/**
 * Whether a network computes two images as it computes one.
 * @param black Logits of a black image alone, `[classes]`.
 */
export async function takesTwo(
  run: Run,
  { height, width, channels }: TfjsNetwork['input'],
  black: Float32Array,
): Promise<boolean> {
  const logits = tf.tidy(() => {
    const [first, second] = [tf.zeros([1, height, width, channels]), tf.ones([1, height, width, channels])]
    try {
      return run(tf.concat([first, second]) as tf.Tensor4D, [LOGITS], { differentiable: true })[0]!
    } catch {
      return undefined
    }
  })
  if (!logits) return false
  try {
    const values = await logits.data()
    const scale = black.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
    return (
      values.length === 2 * black.length && black.every((value, i) => !(Math.abs(value - values[i]!) > 1e-3 * scale))
    )
  } finally {
    logits.dispose()
  }
}
