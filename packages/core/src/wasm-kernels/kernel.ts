import * as tf from '@tensorflow/tfjs-core'

/** Runs a kernel of the wasm backend from within another one. The result is the caller's, who gives it back by {@link free}. */
export function call(
  backend: tf.KernelBackend,
  kernelName: string,
  inputs: Record<string, tf.TensorInfo>,
  attrs: object,
): tf.TensorInfo {
  const kernel = tf.getKernel(kernelName, 'wasm')
  if (!kernel) throw new Error(`the wasm backend has no ${kernelName}`)
  return kernel.kernelFunc({ inputs, attrs: attrs as tf.NamedAttrMap, backend }) as tf.TensorInfo
}

/** Runs a kernel on an operand that is needed no longer. */
export function pass(
  backend: tf.KernelBackend,
  kernelName: string,
  operand: tf.TensorInfo,
  attrs: object,
): tf.TensorInfo {
  const result = call(backend, kernelName, { x: operand }, attrs)
  free(backend, operand)
  return result
}

export function free(backend: tf.KernelBackend, tensor: tf.TensorInfo): void {
  backend.disposeData(tensor.dataId)
}

/** The values of a float32 tensor `[…]`, copied. */
export function read(backend: tf.KernelBackend, tensor: tf.TensorInfo): Float32Array {
  return backend.readSync(tensor.dataId) as Float32Array
}

export function write(backend: tf.KernelBackend, values: Float32Array, shape: number[]): tf.TensorInfo {
  return { dataId: backend.write(values, shape, 'float32'), shape, dtype: 'float32' }
}

/** A float32 tensor whose values are still to be written, see {@link valuesOf}. */
export function allocate(backend: tf.KernelBackend, shape: number[]): tf.TensorInfo {
  return write(backend, null as unknown as Float32Array, shape)
}

/** The values of a float32 tensor where they are in the backend's memory, until anything else is allocated there. */
export function valuesOf(backend: tf.KernelBackend, tensor: tf.TensorInfo): Float32Array {
  return (backend as unknown as { typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array }).typedArrayFromHeap(tensor)
}

/** The same values in another shape, sharing their memory. */
export function reshaped({ dataId, dtype }: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  return { dataId, dtype, shape }
}

export type Shape4D = [number, number, number, number]
