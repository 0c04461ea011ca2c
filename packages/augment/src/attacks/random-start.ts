import * as tf from '@tensorflow/tfjs-core'
import { seededNormal, seededRandom } from '../seeded-random.js'
import type { Norm } from './attack-steps.js'

/** Which draw is wanted. */
export interface Draw {
  readonly norm: Norm
  readonly epsilon: number
  readonly seed: number
  /** Sets draws of the same seed apart. */
  readonly round?: number
  /** `[n]`: one whole number an image; default its position. */
  readonly ids?: ArrayLike<number> | undefined
}

/**
 * Random perturbations within a ball, uniform over the cube of ± ε (L∞) or over the ball of radius ε (L2).
 * @returns float32 tensor of the given shape, owned by the caller.
 */
export function drawWithin(shape: readonly [number, number, number, number], draw: Draw): tf.Tensor4D {
  return drawImages(shape, draw, (values, keys) => {
    const random = seededRandom(...keys)
    if (draw.norm === 'linf') {
      for (let i = 0; i < values.length; i++) values[i] = draw.epsilon * (2 * random() - 1)
    } else fillSphere(values, keys, draw.epsilon * random() ** (1 / values.length))
  })
}

/**
 * Random perturbations as long as an attack may be: ± ε with a fair coin (L∞), or a direction without preference, of length ε (L2).
 * @returns float32 tensor of the given shape, owned by the caller.
 */
export function drawAtBorder(shape: readonly [number, number, number, number], draw: Draw): tf.Tensor4D {
  return drawImages(shape, draw, (values, keys) => {
    if (draw.norm === 'l2') return fillSphere(values, keys, draw.epsilon)
    const random = seededRandom(...keys)
    for (let i = 0; i < values.length; i++) values[i] = random() < 0.5 ? -draw.epsilon : draw.epsilon
  })
}

function fillSphere(values: Float32Array, keys: readonly number[], length: number): void {
  const normal = seededNormal(...keys)
  let sum = 0
  for (let i = 0; i < values.length; i++) {
    values[i] = normal()
    sum += values[i]! ** 2
  }
  const scale = length / Math.sqrt(sum)
  for (let i = 0; i < values.length; i++) values[i]! *= scale
}

function drawImages(
  shape: readonly [number, number, number, number],
  { seed, round = 0, ids }: Draw,
  fill: (values: Float32Array, keys: readonly number[]) => void,
): tf.Tensor4D {
  const [n, ...rest] = shape
  const size = rest.reduce((a, b) => a * b, 1)
  const values = new Float32Array(n * size)
  for (let i = 0; i < n; i++) fill(values.subarray(i * size, (i + 1) * size), [seed, round, ids?.[i] ?? i])
  return tf.tensor4d(values, [...shape])
}
