import * as tf from '@tensorflow/tfjs-core'
import type { OperatorNode } from '../operator-node.js'
import { CHANNELS_LAST } from '../order.js'
import { elements, showShape } from '../shape.js'
import type { Operator, Reader, Run } from './operator.js'
import { padMap, planPadding, readWindow, type TfPadding, type Window } from './window.js'

/** The file's filters `[out, in, height, width]` as `[height, width, in, out]`. */
const FILTER_ORDER = [2, 3, 1, 0]

type Filter = Reader<tf.Tensor4D>
type Apply = (x: tf.Tensor4D, run: Run) => tf.Tensor4D

/** Two-dimensional convolution, with groups and dilations. */
export const Conv: Operator = (node) => {
  const { batch, size, weight, bias } = readOperands(node)
  const [out, perGroup, ...kernel] = weight as [number, number, number, number]
  const groups = readGroups(node, size[0]!, perGroup, out)
  const window = readWindow(node, kernel, size.slice(1))
  node.checkWork(elements(weight) * window.out[0] * window.out[1])
  const { padding, before } = planPadding(window, size.slice(1))
  const x = node.read<tf.Tensor4D>(0, CHANNELS_LAST)
  const own = node.read<tf.Tensor4D>(1, FILTER_ORDER)
  const differentiable = dilated(node, own, window)
  const isStrided = window.strides.some((stride) => stride > 1)
  const plan: Plan = {
    groups,
    strides: window.strides,
    dilations: isStrided ? [1, 1] : window.dilations,
    padding,
    filter: isStrided ? differentiable : own,
    differentiable,
    bias,
  }
  const build = groups === 1 ? dense : perGroup === 1 ? depthwise : grouped
  const convolve = build(node, plan)
  return node.result([batch, out, ...window.out], CHANNELS_LAST, (run) => convolve(padMap(x(run), before), run), {
    layer: 'conv',
  })
}

/** A convolution with its padding, filters and bias ready. */
interface Plan {
  readonly groups: number
  readonly strides: [number, number]
  readonly dilations: [number, number]
  readonly padding: TfPadding
  readonly filter: Filter
  /** With the dilations in it. */
  readonly differentiable: Filter
  readonly bias: Reader<tf.Tensor1D> | undefined
}

function dense(node: OperatorNode, { strides, dilations, padding, filter, differentiable, bias }: Plan): Apply {
  return (x, run) => {
    if (run.differentiable) return finish(node, tf.conv2d(x, differentiable(run), strides, padding), bias?.(run))
    return tf.fused.conv2d({
      x,
      filter: filter(run),
      strides,
      pad: padding,
      dilations,
      ...(bias && { bias: bias(run) }),
      activation: node.activation,
    })
  }
}

function depthwise(node: OperatorNode, plan: Plan): Apply {
  const { groups, strides, dilations, padding, bias } = plan
  const shaped =
    (filter: Filter): Filter =>
    (run) => {
      const [height, width, , out] = filter(run).shape
      return tf.reshape(filter(run), [height, width, groups, out / groups])
    }
  const [plain, differentiable] = [shaped(plan.filter), shaped(plan.differentiable)]
  const pad = fusedPadding(padding)
  return (x, run) => {
    if (run.differentiable)
      return finish(node, tf.depthwiseConv2d(x, differentiable(run), strides, padding), bias?.(run))
    if (pad === undefined)
      return finish(node, tf.depthwiseConv2d(x, plain(run), strides, padding, 'NHWC', dilations), bias?.(run))
    return tf.fused.depthwiseConv2d({
      x,
      filter: plain(run),
      strides,
      pad,
      dilations,
      ...(bias && { bias: bias(run) }),
      activation: node.activation,
    })
  }
}

/** Padding as the fused depthwise convolution takes it, which is the same on all sides; undefined where it is not. */
function fusedPadding(padding: TfPadding): 'valid' | 'same' | number | undefined {
  if (typeof padding === 'string') return padding
  const [first, ...others] = padding.slice(1, 3).flat()
  return others.every((pad) => pad === first) ? first : undefined
}

/** One convolution a group. */
function grouped(node: OperatorNode, plan: Plan): Apply {
  const { groups, strides, padding, bias } = plan
  return (x, run) => {
    const filters = (run.differentiable ? plan.differentiable : plan.filter)(run)
    const rates = run.differentiable ? 1 : plan.dilations
    const maps = tf.split(x, groups, 3) as tf.Tensor4D[]
    const results = (tf.split(filters, groups, 3) as tf.Tensor4D[]).map((part, i) =>
      tf.conv2d(maps[i]!, part, strides, padding, 'NHWC', rates),
    )
    return finish(node, tf.concat(results, 3), bias?.(run))
  }
}

/** The bias and the fused activation function, as operations of their own. */
function finish(node: OperatorNode, sums: tf.Tensor4D, bias?: tf.Tensor1D): tf.Tensor4D {
  const biased = bias ? tf.add<tf.Tensor4D>(sums, bias) : sums
  if (node.activation === 'linear') return biased
  return node.activation === 'relu' ? tf.relu(biased) : tf.clipByValue<tf.Tensor4D>(biased, 0, 6)
}

/**
 * A filter with the dilations in it, zeros between its entries: for the gradient of tfjs, which knows no dilations, and for strides
 * beside dilations, which it refuses.
 */
function dilated(node: OperatorNode, filter: Filter, { kernel, dilations }: Window): Filter {
  if (dilations.every((d) => d === 1)) return filter
  const spread = (weights: tf.Tensor4D): tf.Tensor4D => spreadFilter(weights, kernel, dilations)
  return node.isConstant(1) ? node.weights.later(filter, spread) : (run) => spread(filter(run))
}

/** Puts `dilation - 1` zeros between the entries of a filter `[height, width, …]`. */
export function spreadFilter(
  weights: tf.Tensor4D,
  [height, width]: readonly [number, number],
  [down, right]: readonly [number, number],
): tf.Tensor4D {
  const [, , a, b] = weights.shape
  // One axis after the other: WebGL pads no tensors of rank 5.
  const rows = behind(tf.reshape(weights, [height, 1, width * a * b]), down)
  const columns = behind(tf.reshape(rows, [height * down * width, 1, a * b]), right)
  const whole = tf.reshape<tf.Rank.R4>(columns, [height * down, width * right, a, b])
  return tf.slice4d(whole, [0, 0, 0, 0], [(height - 1) * down + 1, (width - 1) * right + 1, a, b])
}

/** Puts zeros behind the one entry of the middle axis, to a length of `size`. */
function behind(x: tf.Tensor3D, size: number): tf.Tensor3D {
  return tf.pad3d(x, [
    [0, 0],
    [0, size - 1],
    [0, 0],
  ])
}

function readOperands(node: OperatorNode) {
  const x = node.operand(0, 'the input')
  const weight = node.operand(1, 'the weight').shape
  for (const [role, { length }] of [
    ['the input', x.shape],
    ['weight', weight],
  ] as const)
    if (length !== 4)
      throw node.error(
        'unsupported',
        `${role} has rank ${length}, only two-dimensional convolutions (rank 4) are supported`,
      )
  const [batch, ...size] = x.shape as [number, number, number, number]
  if (size.some((dim) => dim < 0)) throw node.error('unsupported', `the input is ${showShape(x.shape)}`)
  const bias = node.has(2) ? node.read<tf.Tensor1D>(2) : undefined
  if (bias && (node.operand(2).shape.length !== 1 || node.operand(2).shape[0] !== weight[0]))
    throw node.error('bad-input', `bias is ${showShape(node.operand(2).shape)}, expected [${weight[0]}]`)
  return { batch, size, weight, bias }
}

function readGroups(node: OperatorNode, channels: number, perGroup: number, out: number): number {
  const groups = node.attributes.int('group', 1)
  if (groups >= 1 && perGroup * groups === channels && out % groups === 0 && out > 0) return groups
  throw node.error(
    'bad-input',
    `${groups} groups of ${perGroup} channels and ${out} filters do not fit the input's ${channels} channels`,
  )
}
