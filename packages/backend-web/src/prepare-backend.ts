import * as tf from '@tensorflow/tfjs-core'
import { type BackendReport, toVatunError, VatunError } from '@vatun/core'
import { inspectWebGL } from './inspect-webgl.js'

/** Engines of TensorFlow.js in browsers, fastest first. */
export const webBackends = ['webgl', 'wasm', 'cpu'] as const

/** One of {@link webBackends}. */
export type WebBackend = (typeof webBackends)[number]

/** Options of {@link prepareBackend}. */
export interface PrepareBackendOptions {
  /** The engine to use; anything else is an error, not a fallback. Without it: the fastest that works. */
  readonly prefer?: WebBackend
  /**
   * Where the `.wasm` files of `@tensorflow/tfjs-backend-wasm` are: the URL of their folder, ending in `/`, or a URL for each file name.
   * Default: beside the script.
   */
  readonly wasmUrl?: string | Readonly<Record<string, string>>
}

/**
 * Chooses the fastest engine that works in this page or worker, makes it the current backend of TensorFlow.js and tries it with
 * a small product. WebGL counts only on a real GPU with 32-bit floats: drawn by software it is far slower than WebAssembly.
 * Engines that were passed over are in `rejected`, each with its reason.
 *
 * @throws VatunError `bad-input` for an unknown name, `unsupported` when the engine that was asked for does not work here
 */
export async function prepareBackend(options: PrepareBackendOptions = {}): Promise<BackendReport> {
  const { prefer } = options
  if (prefer !== undefined && !webBackends.includes(prefer))
    throw new VatunError(
      'bad-input',
      `prepareBackend: prefer is "${prefer}", expected one of ${webBackends.join(', ')}`,
    )
  const rejected: { name: string; reason: string }[] = []
  for (const name of prefer ? [prefer] : webBackends) {
    try {
      return { ...(await engines[name](options)), rejected }
    } catch (error) {
      const reason = toVatunError(error, name).message.replace(`${name}: `, '').split('\n')[0]!.trim()
      if (prefer)
        throw new VatunError('unsupported', `prepareBackend: "${name}" does not work here: ${reason}`, {
          details: { name },
          cause: error,
        })
      rejected.push({ name, reason })
    }
  }
  throw new VatunError('engine', 'prepareBackend: no engine works here', { details: { rejected } })
}

const engines: Record<WebBackend, (options: PrepareBackendOptions) => Promise<Omit<BackendReport, 'rejected'>>> = {
  webgl: async () => {
    const obstacle = inspectWebGL()
    if (obstacle) throw new Error(obstacle)
    await import('@tensorflow/tfjs-backend-webgl')
    if (!tf.env().getBool('WEBGL_RENDER_FLOAT32_CAPABLE')) throw new Error('the GPU computes with 16-bit floats only')
    await activate('webgl')
    return { name: 'webgl', device: 'gpu', threads: 1 }
  },
  wasm: async ({ wasmUrl }) => {
    const wasm = await import('@tensorflow/tfjs-backend-wasm')
    if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('WebAssembly has no SIMD here')
    // The paths count only before the first start.
    if (wasmUrl !== undefined && tf.findBackend('wasm') === null) wasm.setWasmPaths(wasmUrl as string)
    await activate('wasm')
    const threaded = await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')
    return { name: 'wasm', device: 'cpu', threads: threaded ? Math.max(1, wasm.getThreadsCount()) : 1 }
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu')
    await activate('cpu')
    return { name: 'cpu', device: 'cpu', threads: 1 }
  },
}

async function activate(backend: string): Promise<void> {
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start "${backend}"`)
  const product = tf.tidy(() => tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]])))
  const [value] = await product.data()
  product.dispose()
  if (value !== 11) throw new Error(`1·3 + 2·4 gives ${value} on "${backend}"`)
}
