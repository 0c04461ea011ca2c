import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../read-graph.js'
import { checkResult, type GraphOperator, integer, integers, type OperatorNode } from './operator.js'

const Reshape: GraphOperator = {
  inputs: 2,
  build(node) {
    const wanted = integers(node, 1)
    return (inputs) => tf.reshape(inputs[0]!, anyBatch(node, inputs[0]!, wanted(inputs)))
  },
}

/** A graph that was exported for one image, or a fixed number of them, works for any number. */
function anyBatch({ batch }: OperatorNode, x: tf.Tensor, shape: number[]): number[] {
  const [first, ...rest] = shape
  const n = x.shape[0]
  if (first === undefined || first < 0 || n === undefined || x.dtype !== 'float32') return shape
  const size = rest.reduce((a, b) => a * b, 1)
  if (rest.includes(-1)) return first === batch ? [n, ...rest] : shape
  return first * size !== x.size && n * size === x.size ? [n, ...rest] : shape
}

const Squeeze: GraphOperator = {
  inputs: 1,
  build(node) {
    const axes = node.attributes.ints('squeeze_dims', node.attributes.ints('axis', []))
    return ([x]) => {
      // The first axis counts the images, also when there is one.
      const free = x!.shape.flatMap((size, i) => (size === 1 && (i > 0 || x!.rank < 2) ? [i] : []))
      return tf.squeeze(x!, axes.length > 0 ? axes : free)
    }
  },
}

const ExpandDims: GraphOperator = {
  inputs: 2,
  build(node) {
    const axis = integer(node, 1)
    return (inputs) => tf.expandDims(inputs[0]!, axis(inputs))
  },
}

const Transpose: GraphOperator = {
  inputs: 2,
  build(node) {
    const order = integers(node, 1)
    return (inputs) => tf.transpose(inputs[0]!, order(inputs))
  },
}

const Pad: GraphOperator = {
  inputs: 2,
  build(node) {
    const flat = integers(node, 1)
    return (inputs) => {
      const [x, , value] = inputs
      const borders = flat(inputs)
      const pairs = x!.shape.map((_, axis): [number, number] => [borders[2 * axis] ?? 0, borders[2 * axis + 1] ?? 0])
      if (borders.length !== 2 * x!.rank || borders.some((border) => border < 0))
        throw new VatunError('bad-input', `${at(node)}: paddings are [${borders.join(', ')}] for rank ${x!.rank}`)
      checkResult(
        node,
        x!.shape.map((size, axis) => size + pairs[axis]![0] + pairs[axis]![1]),
      )
      return tf.pad(x!, pairs, value ? value.dataSync()[0] : 0)
    }
  },
}

const ConcatV2: GraphOperator = {
  inputs: 2,
  layer: ({ constants }) => (constants.slice(0, -1).some(Boolean) ? undefined : 'other'),
  build(node) {
    const axis = integer(node, node.inputs.length - 1)
    return (inputs) => tf.concat(inputs.slice(0, -1), axis(inputs))
  },
}

const Pack: GraphOperator = {
  inputs: 1,
  build(node) {
    const axis = node.attributes.int('axis', 0)
    return (inputs) => tf.stack([...inputs], axis)
  },
}

const Unpack: GraphOperator = {
  inputs: 1,
  build(node) {
    const axis = node.attributes.int('axis', 0)
    return ([x]) => pick(node, tf.unstack(x!, axis))
  },
}

const Split: GraphOperator = {
  inputs: 2,
  build(node) {
    const axis = integer(node, 0)
    const parts = node.attributes.int('num_split', 1)
    return (inputs) => pick(node, tf.split(inputs[1]!, parts, axis(inputs)))
  },
}

const SplitV: GraphOperator = {
  inputs: 3,
  build(node) {
    const sizes = integers(node, 1)
    const axis = integer(node, 2)
    return (inputs) => pick(node, tf.split(inputs[0]!, sizes(inputs), axis(inputs)))
  },
}

function pick(node: OperatorNode, results: readonly tf.Tensor[]): tf.Tensor {
  const result = results[node.index]
  if (result) return result
  throw new VatunError('bad-input', `${at(node)}: output ${node.index} of ${results.length} does not exist`)
}

const Slice: GraphOperator = {
  inputs: 3,
  build(node) {
    const begin = integers(node, 1)
    const size = integers(node, 2)
    return (inputs) => tf.slice(inputs[0]!, begin(inputs), size(inputs))
  },
}

const StridedSlice: GraphOperator = {
  inputs: 4,
  build(node) {
    const [begin, end, strides] = [integers(node, 1), integers(node, 2), integers(node, 3)]
    const [beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask] = [
      'begin_mask',
      'end_mask',
      'ellipsis_mask',
      'new_axis_mask',
      'shrink_axis_mask',
    ].map((name) => node.attributes.int(name, 0)) as [number, number, number, number, number]
    return (inputs) => {
      const x = inputs[0]!
      const bounds = [begin(inputs), end(inputs), strides(inputs)] as const
      const masks = [beginMask, endMask, ellipsisMask, newAxisMask, shrinkMask] as const
      const info = tf.slice_util.sliceInfo(x.shape, ...bounds, ...masks)
      // A plain slice has a gradient.
      if (!info.sliceDim0 && !info.isSimpleSlice) return tf.stridedSlice(x, ...bounds, ...masks)
      const size = info.begin.map((from, axis) => info.end[axis]! - from)
      return tf.reshape(tf.slice(x, info.begin, size), info.finalShape)
    }
  },
}

const Gather: GraphOperator = {
  inputs: 2,
  build(node) {
    const axis = node.inputs.length > 2 ? integer(node, 2) : () => 0
    return (inputs) => tf.gather(inputs[0]!, inputs[1] as tf.Tensor1D, axis(inputs))
  },
}

const Shape: GraphOperator = {
  inputs: 1,
  build:
    () =>
    ([x]) =>
      tf.tensor1d(x!.shape, 'int32'),
}

const Fill: GraphOperator = {
  inputs: 2,
  build(node) {
    const shape = integers(node, 0)
    return (inputs) => {
      checkResult(node, shape(inputs))
      return tf.broadcastTo(inputs[1]!, shape(inputs))
    }
  },
}

const Tile: GraphOperator = {
  inputs: 2,
  build(node) {
    const times = integers(node, 1)
    return (inputs) => {
      const [x, repeats] = [inputs[0]!, times(inputs)]
      checkResult(
        node,
        x.shape.map((size, axis) => size * (repeats[axis] ?? Number.NaN)),
      )
      return tf.tile(x, repeats)
    }
  },
}

type Resize = typeof tf.image.resizeBilinear

const resize = (apply: Resize): GraphOperator => ({
  inputs: 2,
  build(node) {
    const size = integers(node, 1)
    const alignCorners = node.attributes.bool('align_corners', false)
    const halfPixelCenters = node.attributes.bool('half_pixel_centers', false)
    return (inputs) => {
      const x = inputs[0] as tf.Tensor4D
      const [height, width] = size(inputs)
      checkResult(node, [x.shape[0], height!, width!, x.shape[3]])
      return apply(x, [height!, width!], alignCorners, halfPixelCenters)
    }
  },
})

const DepthToSpace: GraphOperator = {
  inputs: 1,
  build(node) {
    const block = node.attributes.int('block_size', 1)
    return ([x]) => tf.depthToSpace(x as tf.Tensor4D, block, 'NHWC')
  },
}

export const SHAPE: Readonly<Record<string, GraphOperator>> = {
  ConcatV2,
  DepthToSpace,
  ExpandDims,
  Fill,
  Gather,
  GatherV2: Gather,
  Pack,
  Pad,
  PadV2: Pad,
  Reshape,
  ResizeBilinear: resize(tf.image.resizeBilinear),
  ResizeNearestNeighbor: resize(tf.image.resizeNearestNeighbor),
  Shape,
  Slice,
  Split,
  SplitV,
  Squeeze,
  StridedSlice,
  Tile,
  Transpose,
  Unpack,
}
