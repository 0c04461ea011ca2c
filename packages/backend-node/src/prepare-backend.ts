import { availableParallelism } from 'node:os'
import * as tf from '@tensorflow/tfjs-core'
import { type BackendReport, toVatunError, VatunError } from '@vatun/core'

/** Engines of TensorFlow.js in Node, fastest first. */
export const nodeBackends = ['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu'] as const

/** One of {@link nodeBackends}. */
export type NodeBackend = (typeof nodeBackends)[number]

/** Options of {@link prepareBackend}. */
export interface PrepareBackendOptions {
  /** The engine to use; anything else is an error, not a fallback. Without it: `env.VATUN_BACKEND`, else the fastest that works. */
  readonly prefer?: NodeBackend
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/**
 * Chooses the fastest engine that works here, makes it the current backend of TensorFlow.js and tries it with a small product.
 *
 * `@tensorflow/tfjs-node-gpu` and `@tensorflow/tfjs-node` are used when they are installed and load; otherwise the bundled
 * WebAssembly backend. Engines that were passed over are in `rejected`, each with its reason.
 *
 * @throws VatunError `bad-input` for an unknown name, `unsupported` when the engine that was asked for does not work here
 */
export async function prepareBackend(options: PrepareBackendOptions = {}): Promise<BackendReport> {
  const asked = askedFor(options)
  const rejected: { name: string; reason: string }[] = []
  for (const name of asked ? [asked.name] : nodeBackends) {
    try {
      return { ...(await engines[name]()), rejected }
    } catch (error) {
      const reason = reasonOf(error)
      if (asked)
        throw new VatunError('unsupported', `prepareBackend: ${asked.by} asks for "${name}", but ${reason}`, {
          details: { name },
          cause: error,
        })
      rejected.push({ name, reason })
    }
  }
  throw new VatunError('engine', 'prepareBackend: no engine works here', { details: { rejected } })
}

function askedFor({ prefer, env = process.env }: PrepareBackendOptions): { name: NodeBackend; by: string } | undefined {
  const name = prefer ?? (env.VATUN_BACKEND || undefined)
  if (name === undefined) return undefined
  const by = prefer === undefined ? 'VATUN_BACKEND' : 'prefer'
  const known = nodeBackends.find((backend) => backend === name)
  if (known) return { name: known, by }
  throw new VatunError('bad-input', `prepareBackend: ${by} is "${name}", expected one of ${nodeBackends.join(', ')}`)
}

const engines: Record<NodeBackend, () => Promise<Omit<BackendReport, 'rejected'>>> = {
  'tfjs-node-gpu': async () => {
    await loadNative('@tensorflow/tfjs-node-gpu')
    await activate('tensorflow')
    // The GPU package computes on the CPU without a word when it finds no CUDA.
    const { isUsingGpuDevice } = tf.backend() as { isUsingGpuDevice?: boolean }
    if (!isUsingGpuDevice) throw new Error('TensorFlow finds no CUDA device')
    return { name: 'tfjs-node-gpu', device: 'gpu', threads: 1 }
  },
  'tfjs-node': async () => {
    await loadNative('@tensorflow/tfjs-node')
    await activate('tensorflow')
    return { name: 'tfjs-node', device: 'cpu', threads: availableParallelism() }
  },
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('WebAssembly has no SIMD here')
    await activate('wasm')
    return { name: 'wasm', device: 'cpu', threads: 1 }
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu')
    await activate('cpu')
    return { name: 'cpu', device: 'cpu', threads: 1 }
  },
}

/** Loads an optional package that brings native code; the name is a variable so that bundlers leave it alone. */
async function loadNative(name: string): Promise<void> {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= 23) throw new Error(`${name} does not work on Node 23 and later (this is ${process.versions.node})`)
  try {
    await import(name)
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(name)) throw new Error(`${name} is not installed`)
    throw new Error(`${name} does not load: ${reasonOf(error)}`, { cause: error })
  }
}

async function activate(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start "${backend}"`)
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])))
  const [value] = await product.data()
  product.dispose()
  if (value !== 11) throw new Error(`1·3 + 2·4 gives ${value} on "${backend}"`)
}

function reasonOf(error: unknown): string {
  return toVatunError(error, '').message.replace(/^: /, '').split('\n')[0]!.trim()
}
