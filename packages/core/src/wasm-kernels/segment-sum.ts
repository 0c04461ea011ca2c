import * as tf from '@tensorflow/tfjs-core'
import { read, write } from './kernel.js'

/**
 * `UnsortedSegmentSum`, which the backend lacks: row `i` of `x`, `[rows, …]`, is added to row `segmentIds[i]` of the result, `[numSegments, …]`; rows
 * with a negative id count nowhere. The gradient of `tf.gather` asks for it.
 */
export const segmentSum: tf.KernelFunc = ({ inputs, attrs, backend: engine }) => {
  const { x, segmentIds } = inputs as Record<'x' | 'segmentIds', tf.TensorInfo>
  const { numSegments } = attrs as unknown as tf.UnsortedSegmentSumAttrs
  const backend = engine as tf.KernelBackend
  const values = read(backend, x)
  const ids = backend.readSync(segmentIds.dataId) as Int32Array
  const rest = x.shape.slice(segmentIds.shape.length)
  const size = tf.util.sizeFromShape(rest)
  const sums = new Float32Array(numSegments * size)
  for (const [row, id] of ids.entries())
    if (id >= 0 && id < numSegments) for (let i = 0; i < size; i++) sums[id * size + i]! += values[row * size + i]!
  return write(backend, sums, [numSegments, ...rest])
}
