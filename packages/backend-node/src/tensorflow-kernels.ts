import * as tf from '@tensorflow/tfjs-core'
import { spreadFilter } from '@vatun/core/layers'

type Shape4D = [number, number, number, number]
type Borders = [before: number, after: number][]
type Run = (inputs: tf.NamedTensorMap, attrs: object) => tf.Tensor4D
type Mended<A> = (inputs: Record<string, tf.Tensor4D>, attrs: A, run: Run) => tf.Tensor | undefined

const ours = new WeakSet<tf.KernelFunc>()

/**
 * Completes the backend of `@tensorflow/tfjs-node` and `-node-gpu` 4.22 with what convolutional networks need: pools and gradients of convolutions
 * with explicit padding, as in every ResNet of PyTorch, which it refuses, and dilations of depthwise convolutions, which it ignores without a word
 * (https://github.com/tensorflow/tensorflow/issues/56498).
 *
 * `prepareBackend` does this. May be called any number of times; without the package it does nothing.
 */
export function registerTensorflowKernels(): void {
  for (const [kernelName, mend] of Object.entries(mended)) {
    const original = tf.getKernel(kernelName, 'tensorflow')
    if (!original || ours.has(original.kernelFunc)) continue
    const run: Run = (inputs, attrs) => tf.engine().runKernel(kernelName, inputs, attrs as tf.NamedAttrMap)
    const kernelFunc: tf.KernelFunc = (params) =>
      tf.tidy(() => mend(params.inputs as Record<string, tf.Tensor4D>, params.attrs as never, run)) ??
      original.kernelFunc(params)
    ours.add(kernelFunc)
    tf.unregisterKernel(kernelName, 'tensorflow')
    tf.registerKernel({ ...original, kernelFunc })
  }
}

/** What padding counts as in a maximum: the lowest finite float32. */
const LOWEST = -3.4028234663852886e38

const convInputGradient =
  (isDepthwise: boolean): Mended<tf.Conv2DBackpropInputAttrs> =>
  ({ dy, filter }, attrs, run) => {
    const borders = convBorders(attrs.inputShape, filter!.shape, attrs, isDepthwise)
    if (!borders) return undefined
    const whole = run(
      { dy: dy!, filter: filter! },
      { ...attrs, pad: 'valid', inputShape: grow(attrs.inputShape, borders) },
    )
    return cut(whole, borders, attrs.inputShape)
  }

const convFilterGradient =
  (isDepthwise: boolean): Mended<tf.Conv2DBackpropFilterAttrs> =>
  ({ x, dy }, attrs, run) => {
    const borders = convBorders(x!.shape, attrs.filterShape, attrs, isDepthwise)
    return borders && run({ x: tf.pad(x!, borders), dy: dy! }, { ...attrs, pad: 'valid' })
  }

const maxPool: Mended<tf.MaxPoolAttrs> = ({ x }, attrs, run) => {
  const { borders } = poolBorders(x!.shape, attrs)
  return borders && run({ x: tf.pad(x!, borders, LOWEST) }, { ...attrs, pad: 'valid' })
}

const maxPoolGradient: Mended<tf.MaxPoolGradAttrs> = ({ dy, input, output }, attrs, run) => {
  const { borders } = poolBorders(input!.shape, attrs)
  if (!borders) return undefined
  const inputs = { dy: dy!, input: tf.pad(input!, borders, LOWEST), output: output! }
  return cut(run(inputs, { ...attrs, pad: 'valid' }), borders, input!.shape)
}

/** Windows at the border average over the pixels that they hold. */
const averagePool: Mended<tf.AvgPoolAttrs> = ({ x }, attrs, run) => {
  const { borders, shares } = poolBorders(x!.shape, attrs)
  return borders && tf.div(run({ x: tf.pad(x!, borders) }, { ...attrs, pad: 'valid' }), shares(run))
}

const depthwise: Mended<tf.DepthwiseConv2dNativeAttrs> = ({ filter, ...others }, attrs, run) => {
  const { dilations } = attrs
  const [tall, wide] = typeof dilations === 'number' ? [dilations, dilations] : (dilations ?? [1, 1])
  if (tall === 1 && wide === 1) return undefined
  return run({ ...others, filter: spreadFilter(filter!, [tall, wide]) }, { ...attrs, dilations: [1, 1] })
}

const mended: Readonly<Record<string, Mended<never>>> = {
  AvgPool: averagePool,
  Conv2DBackpropFilter: convFilterGradient(false),
  Conv2DBackpropInput: convInputGradient(false),
  DepthwiseConv2dNative: depthwise,
  DepthwiseConv2dNativeBackpropFilter: convFilterGradient(true),
  DepthwiseConv2dNativeBackpropInput: convInputGradient(true),
  FusedDepthwiseConv2D: depthwise,
  MaxPool: maxPool,
  MaxPoolGrad: maxPoolGradient,
}

/** Explicit padding; undefined for the forms that the backend knows. */
function bordersOf({ type, top, bottom, left, right }: tf.backend_util.Conv2DInfo['padInfo']): Borders | undefined {
  if (type === 'VALID' || type === 'SAME') return undefined
  return [[0, 0], [top, bottom], [left, right], [0, 0]] // biome-ignore format: four pairs
}

type ConvAttrs = Pick<tf.Conv2DBackpropInputAttrs, 'strides' | 'pad' | 'dimRoundingMode'>

function convBorders(shape: Shape4D, filter: Shape4D, attrs: ConvAttrs, isDepthwise: boolean): Borders | undefined {
  const { strides, pad, dimRoundingMode } = attrs
  return bordersOf(
    tf.backend_util.computeConv2DInfo(shape, filter, strides, 1, pad, dimRoundingMode, isDepthwise).padInfo,
  )
}

function poolBorders(
  shape: Shape4D,
  attrs: Pick<tf.MaxPoolAttrs, 'filterSize' | 'strides' | 'pad' | 'dimRoundingMode'>,
) {
  const { filterSize, strides, pad, dimRoundingMode } = attrs
  const { padInfo } = tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode)
  const borders = bordersOf(padInfo)
  /** Pixels by entries of each window. */
  const shares = (run: Run): tf.Tensor =>
    run({ x: tf.pad(tf.ones<tf.Rank.R4>([1, shape[1], shape[2], 1]), borders!) }, { ...attrs, pad: 'valid' })
  return { borders, shares }
}

function grow(shape: Shape4D, borders: Borders): Shape4D {
  return shape.map((size, axis) => size + borders[axis]![0] + borders[axis]![1]) as Shape4D
}

function cut(x: tf.Tensor4D, borders: Borders, shape: Shape4D): tf.Tensor {
  return tf.slice(
    x,
    borders.map(([before]) => before),
    shape,
  )
}
