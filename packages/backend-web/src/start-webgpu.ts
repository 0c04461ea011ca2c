import * as tf from '@tensorflow/tfjs-core'
import { startAndCheck } from './check-engine.js'
import type { EngineLife } from './engine-life.js'
import { isSoftwareRenderer } from './software-renderer.js'
import { withinTime } from './within-time.js'

/** What is read of a `GPUAdapter`; TypeScript's DOM library does not know WebGPU. */
interface Adapter {
  readonly isFallbackAdapter?: boolean
  readonly info?: AdapterInfo
}

/** `GPUAdapterInfo`. */
export interface AdapterInfo {
  readonly vendor?: string
  readonly architecture?: string
  readonly device?: string
  readonly description?: string
  readonly isFallbackAdapter?: boolean
}

/**
 * Starts the WebGPU backend.
 *
 * @param load Imports `@tensorflow/tfjs-backend-webgpu`.
 * @param allowSoftware Takes an adapter on the CPU as well, which is far slower than WebAssembly.
 * @throws Error with one sentence when WebGPU is missing, not on a GPU, or wrong.
 */
export async function startWebGPU(
  load: (() => Promise<unknown>) | undefined,
  allowSoftware: boolean,
): Promise<EngineLife> {
  const gpu = (
    globalThis.navigator as { gpu?: { requestAdapter(options: object): Promise<Adapter | null> } } | undefined
  )?.gpu
  if (!gpu) throw new Error('WebGPU is not available here')
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (!adapter) throw new Error('WebGPU finds no GPU here')
  const obstacle = inspectAdapter({ isFallbackAdapter: adapter.isFallbackAdapter ?? false, ...describe(adapter.info) })
  if (obstacle && !allowSoftware) throw new Error(obstacle)
  if (!load) throw new Error('no loader was given, pass webgpu: () => import("@tensorflow/tfjs-backend-webgpu")')
  await load()
  await startAndCheck('webgpu')
  await checkWaiting()
  const { device } = tf.backend() as unknown as { device: { lost: Promise<{ message: string }> } }
  let reason: string | undefined
  const lost = device.lost.then(({ message }) => {
    reason = `the browser took its WebGPU device away${message ? ` (${message})` : ''}`
    return reason
  })
  return {
    name: 'webgpu',
    lost,
    whyLost: () => reason,
    // The device says that it is lost when the GPU has done what it was given, long after the results have failed.
    settle: () =>
      withinTime(
        checkAlive().catch(() => lost),
        30_000,
        'WebGPU says nothing',
      ).catch(() => undefined),
  }
}

/**
 * Reads a result without `await`, as changes of images on the host do. The backend draws it on a canvas for that, at which the GPU process of browsers ends
 * whose canvases and WebGPU do not share memory.
 */
async function checkWaiting(): Promise<void> {
  // More than the backend leaves to the CPU.
  const numbers = tf.range(0, 4096)
  const later = tf.add(numbers, 1)
  try {
    const now = tf.tidy(() => tf.add(numbers, 0.5).dataSync())
    const alive = await later.data().then(
      () => true,
      () => false,
    )
    if (!alive || now.some((value, i) => value !== i + 0.5)) throw new Error('results that are waited for get lost')
  } finally {
    tf.dispose([numbers, later])
  }
}

/** Rejects when results cannot be had any more. */
async function checkAlive(): Promise<void> {
  const result = tf.tidy(() => tf.add(tf.range(0, 4096), 1))
  try {
    await result.data()
  } finally {
    result.dispose()
  }
}

/** Why an adapter is not worth using, in one sentence; undefined when it is a GPU. */
export function inspectAdapter(info: AdapterInfo): string | undefined {
  const name = [info.vendor, info.architecture, info.device, info.description].filter(Boolean).join(' ')
  if (!info.isFallbackAdapter && !isSoftwareRenderer(name)) return undefined
  return `WebGPU is computed by software here${name ? ` (${name})` : ''}`
}

/** Its fields are getters, which a spread would miss. */
function describe(info: AdapterInfo | undefined): AdapterInfo {
  if (!info) return {}
  const { vendor = '', architecture = '', device = '', description = '', isFallbackAdapter } = info
  return { vendor, architecture, device, description, ...(isFallbackAdapter && { isFallbackAdapter }) }
}
