import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import { type GraphOperator, integer, integers, type OperatorNode } from './operator.js'

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
      if (info.sliceDim0 || info.isSimpleSlice) {
        const size = info.begin.map((from, axis) => info.end[axis]! - from)
        return tf.reshape(tf.slice(x, info.begin, size), info.finalShape)
      }
      // `tf.stridedSlice` has no gradient.
      const picked = info.strides.reduce((rest, step, axis) => {
        const from = info.begin[axis]!
        const count = Math.max(0, Math.ceil((info.end[axis]! - from) / step))
        if (step === 1 && count === rest.shape[axis]) return rest
        const indices = Int32Array.from({ length: count }, (_, i) => from + i * step)
        return tf.gather(rest, tf.tensor1d(indices, 'int32'), axis)
      }, x)
      return tf.reshape(picked, info.finalShape)
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

const GatherNd: GraphOperator = {
  inputs: 2,
  build: () => (inputs) => tf.gatherND(inputs[0]!, inputs[1]!),
}

/** Turns axes around. */
const ReverseV2: GraphOperator = {
  inputs: 2,
  build(node) {
    const axes = integers(node, 1)
    return (inputs) => tf.reverse(inputs[0]!, axes(inputs))
  },
}

/** What takes a tensor apart. */
export const SLICE: Readonly<Record<string, GraphOperator>> = {
  Gather,
  GatherNd,
  GatherV2: Gather,
  ReverseV2,
  Slice,
  Split,
  SplitV,
  StridedSlice,
  Unpack,
}
