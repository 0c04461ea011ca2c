import * as tf from '@tensorflow/tfjs-core'
import { derive } from './derived-data.js'
import { call, free, pass, read, reshaped, type Shape4D, write } from './kernel.js'

/**
 * Gradient of a depthwise convolution by its input, `DepthwiseConv2dNativeBackpropInput`, which the backend lacks: a depthwise convolution of
 * the output's gradient with the flipped filters, zeros inserted between its rows and columns where the stride is larger than 1.
 */
export const depthwiseInputGradient: tf.KernelFunc = ({ inputs, attrs, backend: engine }) => {
  const { dy, filter } = inputs as Record<'dy' | 'filter', tf.TensorInfo>
  const { strides, dilations, pad, dimRoundingMode, inputShape } =
    attrs as unknown as tf.DepthwiseConv2dNativeBackpropInputAttrs
  const backend = engine as tf.KernelBackend
  const [height, width, channels, multiplier] = filter.shape as Shape4D
  const conv = tf.backend_util.computeConv2DInfo(
    inputShape,
    [height, width, channels, multiplier],
    strides,
    dilations,
    pad,
    dimRoundingMode,
    true,
  )
  const { top, left } = conv.padInfo
  // Row y of the padded gradient belongs to output (y - before) / stride: as far as the filter reaches beyond the input at either end.
  const rows = { before: conv.effectiveFilterHeight - 1 - top, stride: conv.strideHeight }
  const columns = { before: conv.effectiveFilterWidth - 1 - left, stride: conv.strideWidth }
  const tall = conv.inHeight + conv.effectiveFilterHeight - 1
  const wide = conv.inWidth + conv.effectiveFilterWidth - 1
  const after = { rows: tall - rows.before - conv.outHeight, columns: wide - columns.before - conv.outWidth }
  // With stride 1 the zeros are mere padding, which the convolution brings along.
  const isPadding =
    rows.stride * columns.stride === 1 && Math.min(rows.before, columns.before, after.rows, after.columns) >= 0
  const spread = isPadding
    ? dy
    : spreadOut(backend, dy, rows, columns, [conv.batchSize, tall, wide, channels * multiplier])
  const flipped = derive(backend, filter, 'flipped', () =>
    reshaped(call(backend, 'Reverse', { x: filter }, { dims: [0, 1] }), [height, width, channels * multiplier, 1]),
  )
  const dx = call(
    backend,
    'DepthwiseConv2dNative',
    { x: spread, filter: flipped },
    {
      strides: 1,
      dilations,
      pad: isPadding
        ? [
            [0, 0],
            [rows.before, after.rows],
            [columns.before, after.columns],
            [0, 0],
          ]
        : 'valid',
    },
  )
  if (spread !== dy) free(backend, spread)
  if (multiplier === 1) return dx
  return pass(backend, 'Sum', reshaped(dx, [...conv.inShape, multiplier]), { axis: [4], keepDims: false })
}

interface Axis {
  readonly before: number
  readonly stride: number
}

/** Puts the rows and columns of a map `[n, height, width, channels]` into zeros, `stride` apart; those outside are dropped. */
function spreadOut(
  backend: tf.KernelBackend,
  map: tf.TensorInfo,
  rows: Axis,
  columns: Axis,
  shape: Shape4D,
): tf.TensorInfo {
  const [n, height, width, channels] = map.shape as Shape4D
  const [, tall, wide] = shape
  const from = read(backend, map)
  const to = new Float32Array(tf.util.sizeFromShape(shape))
  for (let image = 0; image < n; image++)
    for (let y = 0; y < height; y++) {
      const row = rows.before + y * rows.stride
      if (row < 0 || row >= tall) continue
      for (let x = 0; x < width; x++) {
        const column = columns.before + x * columns.stride
        if (column < 0 || column >= wide) continue
        const start = ((image * height + y) * width + x) * channels
        to.set(from.subarray(start, start + channels), ((image * tall + row) * wide + column) * channels)
      }
    }
  return write(backend, to, shape)
}
