import * as tf from '@tensorflow/tfjs-core'

/**
 * Gradient of `ResizeBilinear` or `ResizeNearestNeighbor`: the transpose of the interpolation, one matrix for each axis.
 *
 * Those of TensorFlow.js 4.22 ignore `halfPixelCenters`; on the cpu backend the bilinear one confuses height with width and the other one counts for
 * the first image only.
 */
export const resize =
  (weigh: typeof bilinear): (() => tf.GradFunc) =>
  () =>
  (dy, saved, attrs) => ({
    images: () => {
      const { alignCorners, halfPixelCenters } = attrs as unknown as tf.ResizeBilinearAttrs
      const [n, height, width, channels] = (saved[0] as tf.Tensor4D).shape
      const [, tall, wide] = (dy as tf.Tensor4D).shape
      const matrix = (from: number, to: number) =>
        tf.tensor2d(interpolation(from, to, alignCorners, halfPixelCenters, weigh), [from, to])
      const byRow = tf.reshape(tf.transpose(dy as tf.Tensor4D, [1, 2, 0, 3]), [tall, -1])
      const rows = tf.reshape(tf.matMul(matrix(height, tall), byRow), [height, wide, n * channels])
      const byColumn = tf.reshape(tf.transpose(rows, [1, 0, 2]), [wide, -1])
      const columns = tf.reshape(tf.matMul(matrix(width, wide), byColumn), [width, height, n, channels])
      return tf.transpose(columns, [2, 1, 0, 3])
    },
  })

type Weigh = (
  position: number,
  ratio: { step: number; half: boolean; round: boolean },
) => [at: number, weight: number][]

/** `[from, to]`: what each of the `from` pixels gives to each of the `to`. */
function interpolation(from: number, to: number, corners: boolean, half: boolean, weigh: Weigh): Float32Array {
  const step = corners && to > 1 ? (from - 1) / (to - 1) : from / to
  const matrix = new Float32Array(from * to)
  for (let i = 0; i < to; i++)
    for (const [at, weight] of weigh(i, { step, half, round: corners }))
      matrix[Math.min(from - 1, Math.max(0, at)) * to + i]! += weight
  return matrix
}

export const bilinear: Weigh = (position, { step, half }) => {
  const source = Math.fround(half ? (position + 0.5) * step - 0.5 : position * step)
  const low = Math.floor(source)
  return [
    [low, 1 - (source - low)],
    [low + 1, source - low],
  ]
}

export const nearest: Weigh = (position, { step, half, round }) => {
  const source = Math.fround(half ? (position + 0.5) * step : position * step)
  return [[round ? Math.round(source) : Math.floor(source), 1]]
}
