import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { Resize } from './model-spec.js'

/** Resizes images by two products with constant matrices, so that every backend has its gradient. */
export interface Resizer {
  /** Borrows `[n, height, width, channels]` of the given size; the result is the caller's. */
  apply(images: tf.Tensor4D): tf.Tensor4D
  dispose(): void
}

/** Larger images than any classifier is given: a mistake. */
const MAX_SIZE = 8192

/** @throws VatunError `bad-input` for sizes and shares out of range. */
export function createResizer(
  { height, width, crop }: Resize,
  network: { readonly height: number; readonly width: number },
): Resizer {
  for (const [name, size] of [
    ['height', height],
    ['width', width],
  ] as const)
    if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE)
      throw wrong(`${name} is ${size}, expected a whole number from 1 to ${MAX_SIZE}`)
  if (crop !== undefined && !(crop > 0 && crop <= 1)) throw wrong(`crop is ${crop}, expected a share in (0, 1]`)
  // Pixels of the image for one pixel of the input, the same in both directions.
  const zoom = (crop ?? 1) * Math.min(height / network.height, width / network.width)
  const window = (size: number, target: number): number => (crop === undefined ? size : zoom * target)
  const [rows, columns] = tf.tidy(() => [
    tf.keep(
      tf.tensor2d(interpolation(height, network.height, window(height, network.height)), [network.height, height]),
    ),
    tf.keep(tf.tensor2d(interpolation(width, network.width, window(width, network.width)), [network.width, width])),
  ])
  return {
    apply: (images) =>
      tf.tidy(() => {
        // Each product replaces the last axis: [n, h, w, c] → [n, w, c, height] → [n, c, height, width] → [n, height, width, c].
        const tall = contract(tf.transpose(images, [0, 2, 3, 1]), rows!)
        const both = contract(tf.transpose(tall, [0, 2, 3, 1]), columns!)
        return tf.transpose(both, [0, 2, 3, 1])
      }),
    dispose: () => tf.dispose([rows!, columns!]),
  }
}

/** `[a, b, c, size]` times a matrix `[target, size]`: `[a, b, c, target]`. */
function contract(x: tf.Tensor4D, matrix: tf.Tensor2D): tf.Tensor4D {
  const [a, b, c, size] = x.shape
  const product = tf.matMul(tf.reshape(x, [a * b * c, size]), matrix, false, true)
  return tf.reshape(product, [a, b, c, matrix.shape[0]])
}

/**
 * Weights of bilinear interpolation, row-major `[target, size]`: a triangle around each target's centre, as wide as a target pixel where
 * the image gets smaller; rows sum to 1.
 * @param window Length of the centred part of the axis that is shown, in pixels.
 */
function interpolation(size: number, target: number, window: number): Float32Array {
  const weights = new Float32Array(target * size)
  const step = window / target
  const radius = Math.max(1, step)
  for (let row = 0; row < target; row++) {
    const centre = (size - window) / 2 + (row + 0.5) * step
    const first = Math.max(0, Math.floor(centre - radius))
    const last = Math.min(size - 1, Math.ceil(centre + radius))
    const triangle = (column: number): number => Math.max(0, 1 - Math.abs(column + 0.5 - centre) / radius)
    let sum = 0
    for (let column = first; column <= last; column++) sum += triangle(column)
    for (let column = first; column <= last; column++) weights[row * size + column] = triangle(column) / sum
  }
  return weights
}

function wrong(problem: string): VatunError {
  return new VatunError('bad-input', `preprocessing: resize.${problem}`)
}
