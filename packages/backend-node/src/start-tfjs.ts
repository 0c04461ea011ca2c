import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { registerWasmKernels } from '@vatun/core/wasm-kernels'
import { loadOptional } from './load-optional.js'
import type { StartedEngine } from './prepare-backend.js'
import { checkSameCore } from './same-core.js'
import { registerTensorflowKernels } from './tensorflow-kernels.js'

/** Makes the CUDA package the backend of TensorFlow.js. */
export async function startTfjsNodeGpu(): Promise<StartedEngine> {
  await loadTensorflow('@tensorflow/tfjs-node-gpu')
  await activate('tensorflow')
  // The GPU package computes on the CPU without a word when it finds no CUDA.
  const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean }
  if (!isUsingGpuDevice) throw new Error('TensorFlow finds no CUDA device')
  return { name: 'tfjs-node-gpu', device: 'gpu', threads: 1 }
}

/** Makes the libtensorflow package the backend of TensorFlow.js. Its threads are libtensorflow's own: one a core. */
export async function startTfjsNode(): Promise<StartedEngine> {
  await loadTensorflow('@tensorflow/tfjs-node')
  await activate('tensorflow')
  return { name: 'tfjs-node', device: 'cpu', threads: availableParallelism() }
}

/** Makes WebAssembly the backend of TensorFlow.js. */
export async function startWasm(): Promise<StartedEngine> {
  await import('@tensorflow/tfjs-backend-wasm')
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('WebAssembly has no SIMD here')
  registerWasmKernels()
  await activate('wasm')
  return { name: 'wasm', device: 'cpu', threads: 1 }
}

/** Makes plain JavaScript the backend of TensorFlow.js. */
export async function startCpu(): Promise<StartedEngine> {
  await import('@tensorflow/tfjs-backend-cpu')
  await activate('cpu')
  return { name: 'cpu', device: 'cpu', threads: 1 }
}

async function loadTensorflow(name: string): Promise<void> {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 23) throw new Error(`${name} does not work on Node 23 and later (this is ${process.versions.node})`)
  checkSameCore(await loadOptional(name), name)
  registerTensorflowKernels()
}

async function activate(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start "${backend}"`)
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])))
  const [value] = await product.data()
  product.dispose()
  if (value !== 11) throw new Error(`1·3 + 2·4 gives ${value} on "${backend}"`)
}
