import * as tf from '@tensorflow/tfjs-core'
import { derive } from './derived-data.js'
import { call, free, pass, read, reshaped, type Shape4D, write } from './kernel.js'
import { alignPhases, type Phases } from './phases.js'

/**
 * Gradient of a convolution by its input, `Conv2DBackpropInput`: a convolution of the output's gradient, for which the backend has fast code, with
 * the filters flipped and transposed.
 *
 * With strides, a row of the input meets only every `stride`-th row of the filter. Inputs of the same remainder (a phase) make one
 * convolution of stride 1 with those rows; all phases are channels of a single convolution, dealt out over the image in the end.
 */
export function convInputGradient(original: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { dy, filter } = params.inputs as Record<'dy' | 'filter', tf.TensorInfo>
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } =
      params.attrs as unknown as tf.Conv2DBackpropInputAttrs
    if (dataFormat !== 'NHWC') return original(params)
    const backend = params.backend as tf.KernelBackend
    const conv = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as Shape4D,
      strides,
      1,
      pad,
      dimRoundingMode,
    )
    const { top, left } = conv.padInfo
    const rows = alignPhases(conv.inHeight, conv.outHeight, conv.filterHeight, conv.strideHeight, top)
    const columns = alignPhases(conv.inWidth, conv.outWidth, conv.filterWidth, conv.strideWidth, left)
    if (rows.stride !== columns.stride) return original(params)
    const shape = conv.inShape
    const useful = crop(backend, dy, rows, columns)
    if (!useful) return write(backend, new Float32Array(tf.util.sizeFromShape(shape)), shape)
    const flipped = derive(backend, filter, `phases ${rows.stride}`, () => flip(backend, filter, rows, columns))
    const attrs = { strides: 1, dilations: 1, dataFormat, pad: [[0, 0], rows.pad, columns.pad, [0, 0]] }
    let dx = call(backend, 'Conv2D', { x: useful, filter: flipped }, attrs)
    if (useful !== dy) free(backend, useful)
    if (rows.stride > 1) dx = dealOut(backend, dx, rows.stride)
    if (dx.shape[1] === conv.inHeight && dx.shape[2] === conv.inWidth) return dx
    return pass(backend, 'Slice', dx, { begin: [0, rows.skip, columns.skip, 0], size: shape })
  }
}

/** Leaves out the outputs that look at padding alone. Nothing may remain. */
function crop(backend: tf.KernelBackend, dy: tf.TensorInfo, rows: Phases, columns: Phases): tf.TensorInfo | undefined {
  if (rows.count < 1 || columns.count < 1) return undefined
  const [n, height, width, channels] = dy.shape as Shape4D
  if (rows.count === height && columns.count === width) return dy
  const size = [n, rows.count, columns.count, channels]
  return call(backend, 'Slice', { x: dy }, { begin: [0, rows.first, columns.first, 0], size })
}

/** `[n, rows, columns, (row phase, column phase, in)]` to `[n, (rows, row phase), (columns, column phase), in]`; takes its operand. */
function dealOut(backend: tf.KernelBackend, map: tf.TensorInfo, stride: number): tf.TensorInfo {
  const [n, rows, columns, depth] = map.shape as Shape4D
  const byRow = reshaped(map, [n * rows, columns, stride, depth / stride])
  const dealt = pass(backend, 'Transpose', byRow, { perm: [0, 2, 1, 3] })
  return reshaped(dealt, [n, rows * stride, columns * stride, depth / stride ** 2])
}

/** `[height, width, in, out]` to `[rows, columns, out, (row phase, column phase, in)]`, taps in reverse order. */
function flip(backend: tf.KernelBackend, filter: tf.TensorInfo, rows: Phases, columns: Phases): tf.TensorInfo {
  const [height, width, inputs, outputs] = filter.shape as Shape4D
  const stride = rows.stride
  const depth = stride * stride * inputs
  const weights = read(backend, filter)
  const flipped = new Float32Array(rows.taps * columns.taps * outputs * depth)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const tap = (rows.taps - 1 - Math.floor(y / stride)) * columns.taps + columns.taps - 1 - Math.floor(x / stride)
      const phase = (y % stride) * stride + (x % stride)
      const to = tap * outputs * depth + phase * inputs
      const from = (y * width + x) * inputs * outputs
      for (let o = 0; o < outputs; o++)
        for (let i = 0; i < inputs; i++) flipped[to + o * depth + i] = weights[from + i * outputs + o]!
    }
  return write(backend, flipped, [rows.taps, columns.taps, outputs, depth])
}
