import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { CHANNELS_LAST } from '../order.js'
import { showShape } from '../shape.js'
import { readDims } from './dims.js'
import { type Interpolation, interpolationMatrix } from './interpolation.js'
import type { Operator } from './operator.js'

/** Of height and width, as a product with one interpolation matrix an axis: differentiable, and right for every mode. */
export const Resize: Operator = (node) => {
  const { shape } = node.operand(0, 'the input')
  if (shape.length !== 4 || shape.slice(1).some((dim) => dim < 1))
    throw node.error('unsupported', `the input is ${showShape(shape)}, expected [n, channels, height, width]`)
  const axes = readTargets(node, shape)
  const [batch, channels] = shape as [number, number]
  const [rows, columns] = [axes[2]!, axes[3]!]
  const x = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
  // Checked before the matrices are made.
  node.output([batch, channels, rows.out, columns.out], CHANNELS_LAST, x)
  if (rows.out * rows.size + columns.out * columns.size > 2 ** 24) throw node.error('unsupported', 'maps this large')
  const interpolation = readInterpolation(node)
  const matrices = ([rows, columns] as const).map(({ size, out, scale, roi }) =>
    interpolationMatrix(interpolation, size, out, scale, roi),
  ) as [Float32Array, Float32Array]
  const [down, across] = matrices.map((data, i) => {
    const { size, out } = [rows, columns][i]!
    return node.weights.upload<tf.Tensor2D>({ data, dims: [out, size] })
  })
  const border = readBorder(node, matrices, [rows, columns])
  return node.result([batch, channels, rows.out, columns.out], CHANNELS_LAST, (run) => {
    const n = x(run).shape[0]
    const lines = tf.reshape(x(run), [n, rows.size, columns.size * channels])
    const stretched = multiply(down!, lines)
    const cells = tf.reshape(stretched, [n * rows.out, columns.size, channels])
    const resized = tf.reshape(multiply(across!, cells), [n, rows.out, columns.out, channels])
    return border ? tf.add(resized, border) : resized
  })
}

/** What to add outside of the region that `tf_crop_and_resize` cuts, `[1, height, width, 1]`: there the matrices have rows of zeros. */
function readBorder(
  node: OperatorNode,
  [down, across]: readonly [Float32Array, Float32Array],
  [rows, columns]: readonly [Target, Target],
) {
  const value = node.attributes.float('extrapolation_value', 0)
  if (value === 0 || node.attributes.text('coordinate_transformation_mode', '') !== 'tf_crop_and_resize')
    return undefined
  const isInside = (matrix: Float32Array, { size, out }: Target) =>
    Array.from({ length: out }, (_, i) => matrix.subarray(i * size, (i + 1) * size).some((weight) => weight !== 0))
  const [inRows, inColumns] = [isInside(down, rows), isInside(across, columns)]
  const data = inRows.flatMap((row) => inColumns.map((column) => (row && column ? 0 : value)))
  return node.weights.upload({ data: Float32Array.from(data), dims: [1, rows.out, columns.out, 1] })
}

/** The former name of `Resize`, with scales as an attribute in operator set 7. */
export const Upsample = Resize

function multiply(matrix: tf.Tensor2D, x: tf.Tensor): tf.Tensor {
  return tf.matMul(tf.reshape(matrix, [1, ...matrix.shape]), x)
}

interface Target {
  readonly size: number
  readonly out: number
  readonly scale: number
  readonly roi: readonly [number, number]
}

function readTargets(node: OperatorNode, shape: readonly number[]): Target[] {
  const isOld = node.opset < 11 || node.opType === 'Upsample'
  const [scalesAt, sizesAt] = isOld ? [1, -1] : [2, 3]
  const axes = node.attributes.optionalInts('axes') ?? []
  const named = axes.length > 0 ? axes.map((axis) => node.axis(axis, 4)) : [0, 1, 2, 3]
  const roi = node.attributes.text('coordinate_transformation_mode', '') === 'tf_crop_and_resize' ? readRoi(node) : []
  const hasSizes = sizesAt > 0 && node.has(sizesAt)
  const sizes = hasSizes ? readDims(node, sizesAt, 'sizes') : []
  const scales = hasSizes
    ? []
    : node.has(scalesAt)
      ? Array.from(node.floats(scalesAt, 'scales').data)
      : (node.attributes.numbers('scales') ?? [])
  const given = hasSizes ? sizes : scales
  if (given.length !== named.length)
    throw node.error('bad-input', `${given.length} ${hasSizes ? 'sizes' : 'scales'}, expected ${named.length}`)
  const policy = node.attributes.text('keep_aspect_ratio_policy', 'stretch')
  if (policy !== 'stretch') throw node.error('unsupported', `keep_aspect_ratio_policy "${policy}"`)
  return shape.map((size, axis) => {
    const i = named.indexOf(axis)
    const ends = [roi[i] ?? 0, roi[i + named.length] ?? 1] as const
    if (i < 0) return { size, out: size, scale: 1, roi: ends }
    if (axis < 2) {
      const same = hasSizes ? axis === 0 || sizes[i]!.value === size : scales[i] === 1
      if (!same) throw node.error('unsupported', 'it resizes batch or channels')
      return { size, out: size, scale: 1, roi: ends }
    }
    const scale = hasSizes ? sizes[i]!.value / size : scales[i]!
    const out = hasSizes ? sizes[i]!.value : Math.floor(size * scale * (ends[1] - ends[0]))
    if (sizes[i]?.scaled || !(scale > 0) || !(out >= 1))
      throw node.error('bad-input', `axis ${axis} of ${size} would become ${out}`)
    return { size, out, scale, roi: ends }
  })
}

function readRoi(node: OperatorNode): readonly number[] {
  return node.has(1) ? Array.from(node.floats(1, 'roi').data) : []
}

function readInterpolation(node: OperatorNode): Interpolation {
  const { attributes } = node
  const isOld = node.opset < 11 || node.opType === 'Upsample'
  const mode = attributes.text('mode', 'nearest')
  if (mode !== 'nearest' && mode !== 'linear' && mode !== 'cubic' && mode !== 'bilinear')
    throw node.error('unsupported', `mode "${mode}"`)
  const transform = attributes.text('coordinate_transformation_mode', isOld ? 'asymmetric' : 'half_pixel')
  if (!TRANSFORMS.has(transform)) throw node.error('unsupported', `coordinate_transformation_mode "${transform}"`)
  const rounding = attributes.text('nearest_mode', isOld ? 'floor' : 'round_prefer_floor')
  if (!ROUNDINGS.has(rounding)) throw node.error('bad-input', `nearest_mode "${rounding}"`)
  return {
    mode: mode === 'bilinear' ? 'linear' : mode,
    transform: transform as Interpolation['transform'],
    rounding: rounding as Interpolation['rounding'],
    cubic: attributes.float('cubic_coeff_a', -0.75),
    excludeOutside: attributes.int('exclude_outside', 0) !== 0,
    antialias: attributes.int('antialias', 0) !== 0,
  }
}

const TRANSFORMS = new Set([
  'half_pixel',
  'pytorch_half_pixel',
  'align_corners',
  'asymmetric',
  'tf_half_pixel_for_nn',
  'half_pixel_symmetric',
  'tf_crop_and_resize',
])
const ROUNDINGS = new Set(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil'])
