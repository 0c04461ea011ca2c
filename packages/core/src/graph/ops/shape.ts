import * as tf from '@tensorflow/tfjs-core'
import { reorder } from '../../axis-order.js'
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
  // One axis alone is that of an image's values rather than of images.
  if (rest.includes(-1)) return first === batch && x.rank > 1 ? [n, ...rest] : shape
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

/** Of no file: turns the axes of a value that lies in another order than the file's, see `Layouts`. Missing axes are added in front. */
const _Reorder: GraphOperator = {
  inputs: 1,
  build({ attributes }) {
    const [from, to] = [attributes.ints('from', []), attributes.ints('to', [])]
    return ([x]) => {
      if (x!.rank === 0) return tf.clone(x!)
      const missing = Math.max(0, from.length - x!.rank)
      return tf.clone(reorder(tf.reshape(x!, [...Array<number>(missing).fill(1), ...x!.shape]), from, to))
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

/** As {@link ConcatV2}, with the axis first. */
const Concat: GraphOperator = {
  inputs: 2,
  layer: ({ constants }) => (constants.slice(1).some(Boolean) ? undefined : 'other'),
  build(node) {
    const axis = integer(node, 0)
    return (inputs) => tf.concat(inputs.slice(1), axis(inputs))
  },
}

const Pack: GraphOperator = {
  inputs: 1,
  build(node) {
    const axis = node.attributes.int('axis', 0)
    return (inputs) => tf.stack([...inputs], axis)
  },
}

const Shape: GraphOperator = {
  inputs: 1,
  build:
    () =>
    ([x]) =>
      tf.tensor1d(x!.shape, 'int32'),
}

const broadcast = (shapeInput: number, valueInput: number): GraphOperator => ({
  inputs: 2,
  build(node) {
    const shape = integers(node, shapeInput)
    return (inputs) => {
      checkResult(node, shape(inputs))
      return tf.broadcastTo(inputs[valueInput]!, shape(inputs))
    }
  },
})

const measured = (measure: (x: tf.Tensor) => number): GraphOperator => ({
  inputs: 1,
  build:
    () =>
    ([x]) =>
      tf.scalar(measure(x!), 'int32'),
})

const Range: GraphOperator = {
  inputs: 3,
  build(node) {
    const numbers = [0, 1, 2].map((input) => integer(node, input))
    return (inputs) => {
      const [start, end, step] = numbers.map((read) => read(inputs)) as [number, number, number]
      checkResult(node, [Math.max(0, Math.ceil((end - start) / step))])
      return tf.range(start, end, step, inputs[0]!.dtype as 'float32' | 'int32')
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

export const SHAPE: Readonly<Record<string, GraphOperator>> = {
  BroadcastTo: broadcast(1, 0),
  Concat,
  ConcatV2,
  ExpandDims,
  Fill: broadcast(0, 1),
  Pack,
  Range,
  Rank: measured((x) => x.rank),
  Reshape,
  ResizeBilinear: resize(tf.image.resizeBilinear),
  ResizeNearestNeighbor: resize(tf.image.resizeNearestNeighbor),
  Shape,
  Size: measured((x) => x.size),
  Squeeze,
  Tile,
  Transpose,
  _Reorder,
}
