import * as tf from '@tensorflow/tfjs-core'

type Filter = tf.Tensor4D
type Pair = [number, number]
type Padded = Pick<tf.Conv2DAttrs, 'strides' | 'pad' | 'dataFormat' | 'dimRoundingMode'> & { dilations: number | Pair }

/**
 * Gradient of `Conv2D` or `DepthwiseConv2dNative`, with dilations, which TensorFlow.js 4.22 refuses on every backend: that of the convolution with zeros
 * between the entries of its filters.
 */
export const dilatedConvolution =
  (kernel: 'Conv2D' | 'DepthwiseConv2dNative') =>
  (original: tf.GradFunc): tf.GradFunc =>
  (dy, saved, attrs) => {
    const { dilations, ...rest } = attrs as unknown as Padded
    const [tall, wide] = typeof dilations === 'number' ? [dilations, dilations] : (dilations ?? [1, 1])
    if (tall === 1 && wide === 1) return original(dy, saved, attrs)
    const [x, filter] = saved as [tf.Tensor4D, Filter]
    const spread = spreadFilter(filter, [tall, wide])
    const run = (by: string, inputs: tf.NamedTensorMap, more: object) =>
      tf
        .engine()
        .runKernel(`${kernel}Backprop${by}`, inputs, { ...rest, dilations: 1, ...more } as tf.NamedAttrMap) as Filter
    const slope = dy as tf.Tensor4D
    return {
      x: () => run('Input', { dy: slope, filter: spread }, { inputShape: x.shape }),
      filter: () =>
        gatherIn(run('Filter', { x, dy: slope }, { filterShape: spread.shape }), filter.shape, [tall, wide]),
    }
  }

/**
 * The filter of a convolution without dilations that does the same as one with them: `[height, width, …]` to
 * `[(height - 1) * tall + 1, (width - 1) * wide + 1, …]`, zeros between.
 */
export function spreadFilter(filter: Filter, [tall, wide]: Pair): Filter {
  const [height, width, from, to] = filter.shape
  const apart = tf.pad(tf.reshape(filter, [height, 1, width * from * to]), [
    [0, 0],
    [0, tall - 1],
    [0, 0],
  ])
  const rows = tf.slice(tf.reshape(apart, [height * tall, width, 1, from * to]), 0, (height - 1) * tall + 1)
  const columns = tf.reshape(
    tf.pad(rows, [
      [0, 0],
      [0, 0],
      [0, wide - 1],
      [0, 0],
    ]),
    [-1, width * wide, from, to],
  )
  return tf.slice(columns as Filter, [0, 0, 0, 0], [-1, (width - 1) * wide + 1, -1, -1])
}

/** Takes the entries of a spread filter back out. */
function gatherIn(spread: Filter, [height, width, from, to]: Filter['shape'], [tall, wide]: Pair): Filter {
  const full = tf.pad(spread, [
    [0, tall - 1],
    [0, wide - 1],
    [0, 0],
    [0, 0],
  ])
  const rows = tf.slice(tf.reshape(full, [height, tall, width * wide * from * to]), [0, 0, 0], [-1, 1, -1])
  const columns = tf.slice(tf.reshape(rows, [height * width, wide, from * to]), [0, 0, 0], [-1, 1, -1])
  return tf.reshape(columns, [height, width, from, to])
}
