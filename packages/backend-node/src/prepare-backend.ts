import { availableParallelism } from 'node:os'
import { type BackendReport, type ModelSpec, VatunError } from '@vatun/core'
import { reasonOf } from './load-optional.js'
import { startOnnxruntime } from './start-onnxruntime.js'
import { startCpu, startTfjsNode, startTfjsNodeGpu, startWasm } from './start-tfjs.js'

/** Engines in Node, in the order in which they are tried. */
export const nodeBackends = ['tfjs-node-gpu', 'tfjs-node', 'onnxruntime', 'wasm', 'cpu'] as const

/** One of {@link nodeBackends}. */
export type NodeBackend = (typeof nodeBackends)[number]

/** Options of {@link prepareBackend}. */
export interface PrepareBackendOptions {
  /** The engine to use; anything else is an error, not a fallback. Without it: `env.VATUN_BACKEND`, else the first that works. */
  readonly prefer?: NodeBackend
  /** The model's format. Onnxruntime is considered for `onnx` only. */
  readonly format?: ModelSpec['format']
  /** Threads of an engine that can be told how many. Default: one for each core this process may use. */
  readonly threads?: number
  /** Default `process.env`. */
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** An engine that works. */
export type StartedEngine = Omit<BackendReport, 'rejected'> & Partial<Pick<BackendReport, 'rejected'>>

/**
 * Chooses the first engine that works here and tries it with a small product. The report says how to open a model:
 * with `openOnnxNative` (`@vatun/onnx/native`) on `onnxruntime`, on the backend of TensorFlow.js, which is set, otherwise.
 *
 * `@tensorflow/tfjs-node-gpu`, `@tensorflow/tfjs-node` and `onnxruntime-node` are used when they are installed and load; otherwise
 * the bundled WebAssembly backend. Engines that were passed over are in `rejected`, each with its reason.
 *
 * @throws VatunError `bad-input` for an unknown name, `unsupported` when the engine that was asked for does not work here
 */
export async function prepareBackend(options: PrepareBackendOptions = {}): Promise<BackendReport> {
  const asked = askedFor(options)
  const rejected: { name: string; reason: string }[] = []
  for (const name of asked ? [asked.name] : nodeBackends) {
    try {
      const engine = await engines[name](options)
      return { ...engine, rejected: [...rejected, ...(engine.rejected ?? [])] }
    } catch (error) {
      const reason = reasonOf(error)
      if (asked)
        throw new VatunError(
          'unsupported',
          `engine ${name}: ${asked.by}, but ${reason}; leave the choice to VATUN or ask for another`,
          {
            details: { name },
            cause: error,
          },
        )
      rejected.push({ name, reason })
    }
  }
  throw new VatunError('engine', 'prepareBackend: no engine works here', { details: { rejected } })
}

function askedFor({ prefer, env = process.env }: PrepareBackendOptions): { name: NodeBackend; by: string } | undefined {
  const name = prefer ?? (env.VATUN_BACKEND || undefined)
  if (name === undefined) return undefined
  const known = nodeBackends.find((backend) => backend === name)
  if (known) return { name: known, by: prefer === undefined ? 'asked for by VATUN_BACKEND' : 'asked for' }
  throw new VatunError(
    'bad-input',
    `prepareBackend: ${prefer === undefined ? 'VATUN_BACKEND' : 'prefer'} is "${name}", expected one of ${nodeBackends.join(', ')}`,
  )
}

const engines: Record<NodeBackend, (options: PrepareBackendOptions) => Promise<StartedEngine>> = {
  'tfjs-node-gpu': startTfjsNodeGpu,
  'tfjs-node': startTfjsNode,
  onnxruntime: ({ format, threads = availableParallelism() }) => {
    if (format === 'onnx') return startOnnxruntime(threads)
    return Promise.reject(new Error(`it runs ONNX models only${format ? `, this one is ${format}` : ''}`))
  },
  wasm: startWasm,
  cpu: startCpu,
}
