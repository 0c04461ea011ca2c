import * as tf from '@tensorflow/tfjs-core'
import { registerWasmKernels } from '@vatun/core/wasm-kernels'
import { startAndCheck } from './check-engine.js'
import { withinTime } from './within-time.js'

/** Where the `.wasm` files are and how many threads compute. */
export interface WasmOptions {
  readonly wasmUrl?: string | Readonly<Record<string, string>>
  readonly threads?: number
}

/** The wasm module starts eight workers, no more can join in. */
const mostThreads = 8
const threadsFlag = 'WASM_HAS_MULTITHREAD_SUPPORT'

/**
 * Starts the WebAssembly backend, with threads where they work.
 *
 * @param onNoThreads Told why there are no threads, in one sentence, where more than one was wanted.
 * @returns the number of threads.
 * @throws Error with one sentence when WebAssembly does not work either way.
 */
export async function startWasm(options: WasmOptions, onNoThreads: (reason: string) => void): Promise<number> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  registerWasmKernels()
  if (!(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'))) throw new Error('WebAssembly has no SIMD here')
  const wanted = Math.min(options.threads ?? usefulThreads(), mostThreads)
  const obstacle = wanted > 1 ? await inspectThreads() : undefined
  if (obstacle) onNoThreads(obstacle)
  if (isRunning()) {
    await startAndCheck('wasm')
    return threadsOf(wasm)
  }
  if (options.wasmUrl !== undefined) wasm.setWasmPaths(options.wasmUrl as string)
  if (wanted > 1 && !obstacle) {
    wasm.setThreadsCount(wanted)
    try {
      await pretendingCores(2 * wanted, () => startAndCheck('wasm'))
      const threads = threadsOf(wasm)
      if (threads === 1) onNoThreads('the module started only one')
      return threads
    } catch (error) {
      onNoThreads((error as Error).message)
      forget()
    }
  }
  tf.env().set(threadsFlag, false)
  await startAndCheck('wasm')
  return 1
}

/** Threads worth having: the logical cores of a small machine, the physical ones of a large. The backend has none in Node. */
function usefulThreads(): number {
  if (tf.env().getBool('IS_NODE')) return 1
  const cores = navigator.hardwareConcurrency || 1
  return Math.min(cores, Math.max(4, Math.floor(cores / 2)), mostThreads)
}

/** Asking `tf.findBackend` would start it. */
const isRunning = () => tf.engine().registry.wasm !== undefined

const threadsOf = (wasm: { getThreadsCount(): number }) =>
  tf.env().getBool(threadsFlag) ? Math.max(1, wasm.getThreadsCount()) : 1

/** Why WebAssembly has no threads in this page or worker, in one sentence; undefined when it has. */
async function inspectThreads(): Promise<string | undefined> {
  if (!globalThis.crossOriginIsolated)
    return 'the page is not cross-origin isolated, serve it with Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp'
  if (!(await tf.env().getAsync(threadsFlag))) return 'this browser has none'
  return (await canStartWorkers())
    ? undefined
    : 'a worker cannot be started from a blob: URL here, allow it in worker-src'
}

/** Where a policy of the page forbids its threads to start, the wasm module would wait for them for ever. */
async function canStartWorkers(): Promise<boolean> {
  if (typeof Worker === 'undefined') return false
  const url = URL.createObjectURL(new Blob(['postMessage(0)'], { type: 'text/javascript' }))
  let worker: Worker | undefined
  try {
    worker = new Worker(url)
    const started = worker
    const answer = new Promise((resolve, reject) => {
      started.onmessage = resolve
      started.onerror = reject
    })
    await withinTime(answer, 10_000, 'no answer')
    return true
  } catch {
    return false
  } finally {
    worker?.terminate()
    URL.revokeObjectURL(url)
  }
}

/**
 * Whatever it is told, the wasm module of tfjs 4.22 takes at most half of the cores that the browser names: one thread on a machine
 * with two. So it is told of more cores while it starts.
 */
async function pretendingCores<T>(cores: number, run: () => Promise<T>): Promise<T> {
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: cores, configurable: true })
  try {
    return await run()
  } finally {
    // The browser's own value comes from the prototype.
    Reflect.deleteProperty(navigator, 'hardwareConcurrency')
  }
}

/** Removes a backend that started but does not work, so that it can be started another way. */
function forget(): void {
  const factory = tf.findBackendFactory('wasm')
  tf.removeBackend('wasm')
  tf.registerBackend('wasm', factory, 2)
}
