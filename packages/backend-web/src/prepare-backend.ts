import { type BackendReport, toVatunError, VatunError } from '@vatun/core'
import { startAndCheck } from './check-engine.js'
import { type EngineLife, lasting } from './engine-life.js'
import { startWasm } from './start-wasm.js'
import { startWebGL } from './start-webgl.js'
import { startWebGPU } from './start-webgpu.js'

/** Engines of TensorFlow.js in browsers, fastest first. */
export const webBackends = ['webgpu', 'webgl', 'wasm', 'cpu'] as const

/** One of {@link webBackends}. */
export type WebBackend = (typeof webBackends)[number]

/** An engine that was passed over, and why in one sentence. */
export type RejectedEngine = BackendReport['rejected'][number]

/** Options of {@link prepareBackend}. */
export interface PrepareBackendOptions {
  /**
   * The engine to use; anything else is an error, not a fallback. Without it: the fastest that works. WebGPU and WebGL in software are taken
   * only when they are asked for by name.
   */
  readonly prefer?: WebBackend
  /**
   * Imports the optional peer dependency: `() => import('@tensorflow/tfjs-backend-webgpu')`. It is called only where there is a GPU for it.
   * Without it WebGPU is passed over.
   */
  readonly webgpu?: () => Promise<unknown>
  /**
   * Where the `.wasm` files of `@tensorflow/tfjs-backend-wasm` are: the URL of their folder, ending in `/`, or a URL for each file name.
   * Default: beside the script.
   */
  readonly wasmUrl?: string | Readonly<Record<string, string>>
  /** Threads of WebAssembly, 1 to 8, where the page is cross-origin isolated. Default: the cores of the machine, but half of many. */
  readonly threads?: number
  /** Engines to pass over, with the reason to report: what a worker before this one has lost. */
  readonly avoid?: readonly RejectedEngine[]
  /** Given the engine that was chosen, to notice when it goes away. */
  readonly watch?: (engine: EngineLife) => void
}

type Started = Pick<BackendReport, 'device' | 'threads'> & { readonly life: EngineLife }

/**
 * Chooses the fastest engine that works in this page or worker and makes it the current backend of TensorFlow.js. WebGPU and WebGL count
 * only on a real GPU: computed by software they are far slower than WebAssembly. Each engine has to get a small convolution and its
 * gradient right before it is trusted. Engines that were passed over are in `rejected`, each with its reason; `wasm threads` among
 * them says why WebAssembly runs on one thread.
 *
 * @throws VatunError `bad-input` for an unknown name or count, `unsupported` when the engine that was asked for does not work here
 */
export async function prepareBackend(options: PrepareBackendOptions = {}): Promise<BackendReport> {
  checkOptions(options)
  const { prefer, avoid = [], watch } = options
  const rejected: RejectedEngine[] = []
  for (const name of prefer ? [prefer] : webBackends) {
    try {
      const avoided = avoid.find((engine) => engine.name === name)
      if (avoided) throw new Error(avoided.reason)
      const { device, threads, life } = await engines[name](options, rejected)
      watch?.(life)
      return { name, device, threads, rejected }
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

const engines: Record<WebBackend, (options: PrepareBackendOptions, rejected: RejectedEngine[]) => Promise<Started>> = {
  webgpu: async ({ prefer, webgpu }) => ({
    device: 'gpu',
    threads: 1,
    life: await startWebGPU(webgpu, prefer === 'webgpu'),
  }),
  webgl: async ({ prefer }) => ({ device: 'gpu', threads: 1, life: await startWebGL(prefer === 'webgl') }),
  wasm: async (options, rejected) => {
    const threads = await startWasm(options, (reason) => rejected.push({ name: 'wasm threads', reason }))
    return { device: 'cpu', threads, life: lasting('wasm') }
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu')
    await startAndCheck('cpu')
    return { device: 'cpu', threads: 1, life: lasting('cpu') }
  },
}

function checkOptions({ prefer, threads }: PrepareBackendOptions): void {
  if (prefer !== undefined && !webBackends.includes(prefer))
    throw new VatunError(
      'bad-input',
      `prepareBackend: prefer is "${prefer}", expected one of ${webBackends.join(', ')}`,
    )
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= 8))
    throw new VatunError('bad-input', `prepareBackend: threads is ${threads}, expected 1 to 8`)
}
