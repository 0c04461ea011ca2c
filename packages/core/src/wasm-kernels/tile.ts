import type * as tf from '@tensorflow/tfjs-core'

/**
 * `Tile`, which the gradient of batch normalisation is made of: copies whole blocks, axis by axis from the innermost. The backend's own goes number by
 * number.
 */
export function tile(original: tf.KernelFunc): tf.KernelFunc {
  return (params) => {
    const { x } = params.inputs as Record<'x', tf.TensorInfo>
    const { reps } = params.attrs as unknown as tf.TileAttrs
    if (x.dtype !== 'float32') return original(params)
    const backend = params.backend as tf.KernelBackend
    let values = backend.readSync(x.dataId) as Float32Array
    let block = 1
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      block *= x.shape[axis]!
      values = repeat(values, block, reps[axis]!)
      block *= reps[axis]!
    }
    const shape = x.shape.map((size, axis) => size * reps[axis]!)
    return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' }
  }
}

/** Each block of `size` numbers `times` times in a row. */
function repeat(values: Float32Array, size: number, times: number): Float32Array {
  if (times === 1) return values
  const repeated = new Float32Array(values.length * times)
  let to = 0
  for (let from = 0; from < values.length; from += size) {
    const block = values.subarray(from, from + size)
    for (let i = 0; i < times; i++, to += size) repeated.set(block, to)
  }
  return repeated
}
