import { VatunError } from '@vatun/core'
import { loadOptional, reasonOf } from './load-optional.js'
import type { StartedEngine } from './prepare-backend.js'
import { startCpu, startWasm } from './start-tfjs.js'

type Onnxruntime = typeof import('onnxruntime-node')

/** GPU providers of onnxruntime that compute in float32 as the CPU does, in the order in which they are tried. */
const GPU_PROVIDERS = ['cuda', 'dml']

/** A model of one node, the product of `a` [1, 2] and `b` [2, 1], serialised. */
const PRODUCT =
  'CAg6VQoRCgFhCgFiEgFjIgZNYXRNdWwSAWdaEwoBYRIOCgwIARIICgIIAQoCCAJaEwoBYhIOCgwIARIICgIIAgoCCAFiEwoBYxIOCgwIARIICgIIAQoCCAFCAhAN'

/**
 * Tries onnxruntime on its GPU providers, then on the CPU, and starts TensorFlow.js beside it for gradients.
 * @param threads Threads of a forward pass on the CPU.
 */
export async function startOnnxruntime(threads: number): Promise<StartedEngine> {
  const onnxruntime = (await loadOptional('onnxruntime-node')) as Onnxruntime
  // What goes wrong is reported, not printed by every worker.
  onnxruntime.env.logLevel = 'fatal'
  const known = onnxruntime.listSupportedBackends().map(({ name }) => name)
  const providers = [...GPU_PROVIDERS.filter((name) => known.includes(name)), 'cpu']
  const rejected: { name: string; reason: string }[] = []
  for (const provider of providers) {
    try {
      await tryProduct(onnxruntime, provider)
      const device = provider === 'cpu' ? 'cpu' : 'gpu'
      const gradients = await startWasm().catch((error: unknown) => {
        rejected.push({ name: 'wasm for gradients', reason: reasonOf(error) })
        return startCpu()
      })
      return {
        name: 'onnxruntime',
        device,
        provider,
        gradients: gradients.name,
        threads: device === 'cpu' ? threads : 1,
        rejected,
      }
    } catch (error) {
      if (provider === 'cpu') throw error
      const reason = reasonOf(error)
      const absent = reason.includes('Failed to load shared library')
      rejected.push({ name: `onnxruntime on ${provider}`, reason: absent ? 'its libraries are not installed' : reason })
    }
  }
  throw new VatunError('engine', 'prepareBackend: onnxruntime has no execution provider')
}

async function tryProduct({ InferenceSession, Tensor }: Onnxruntime, provider: string): Promise<void> {
  const session = await InferenceSession.create(Buffer.from(PRODUCT, 'base64'), { executionProviders: [provider] })
  try {
    const a = new Tensor('float32', Float32Array.of(1, 2), [1, 2])
    const b = new Tensor('float32', Float32Array.of(3, 4), [2, 1])
    const { c } = await session.run({ a, b })
    if (c?.data[0] !== 11) throw new Error(`1·3 + 2·4 gives ${c?.data[0]}`)
  } finally {
    await session.release()
  }
}
