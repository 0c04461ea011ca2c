import { parentPort, workerData } from 'node:worker_threads'
import type { Analysis, BackendReport, Classifier, ClassifierInfo, Dataset, DatasetSpec, ModelSpec } from '@vatun/core'
import { toVatunError, transferables, VatunError } from '@vatun/core'
import { END, type ShardTask, type WorkerInit, type WorkerMessage } from './pool-messages.js'
import { prepareBackend } from './prepare-backend.js'
import { followFlag } from './shared-signal.js'

export type { WorkerInit } from './pool-messages.js'

/** What a worker has opened, for the analyses it builds. */
export interface WorkerContext {
  readonly classifier: Classifier
  readonly dataset: Dataset
  /** `classifier.info`. */
  readonly info: ClassifierInfo
  readonly init: WorkerInit
}

/** Builds an analysis from the parameters of its spec; the same one that the main thread runs. */
export type AnalysisFactory = (
  params: never,
  context: WorkerContext,
) => Analysis<unknown, unknown> | Promise<Analysis<unknown, unknown>>

/** Options of {@link serveAnalyses}. */
export interface ServeOptions {
  /** Opens the model on the engine that the report names. */
  openClassifier(spec: ModelSpec, report: BackendReport, init: WorkerInit): Promise<Classifier>
  /** @param model What the images are for. */
  openDataset(spec: DatasetSpec, init: WorkerInit, model: ClassifierInfo): Promise<Dataset>
  /** By `AnalysisSpec.name`. */
  readonly analyses: Readonly<Record<string, AnalysisFactory>>
  /** Prepares execution before the model is opened. Default {@link prepareBackend} for the model's format. */
  prepare?(init: WorkerInit): Promise<BackendReport>
}

/**
 * The worker's side of {@link createWorkerPool}: opens engine, model and data set once, then computes shards one after the
 * other. Call it once, at the top level of the worker module.
 *
 * Typed arrays of a partial are moved to the main thread, not copied: an analysis must not keep those it returns.
 */
export function serveAnalyses(options: ServeOptions): void {
  if (!parentPort)
    throw new VatunError('bad-input', 'serveAnalyses: this is the main thread, call it in a worker module')
  const port = parentPort
  const init = (workerData as { vatun: WorkerInit }).vatun
  const post = (message: WorkerMessage) =>
    port.postMessage(message, message.kind === 'done' ? transferables(message.partial) : [])
  const opened = open(options, init)
  opened.then(
    ({ report, context }) => post({ kind: 'ready', report, info: context.info }),
    (error: unknown) => post({ kind: 'unready', error: toVatunError(error, 'worker').toJSON() }),
  )
  const compute = async (task: ShardTask) => {
    const { signal, release } = followFlag(task.cancelled)
    try {
      if (signal.aborted) return post({ kind: 'stopped' })
      const { context } = await opened
      const factory = options.analyses[task.spec.name]
      if (!factory)
        throw new VatunError(
          'not-found',
          `worker: no analysis "${task.spec.name}", the worker module has ${Object.keys(options.analyses).join(', ') || 'none'}`,
        )
      const analysis = await factory(task.spec.params as never, context)
      const partial: unknown = await analysis.partial({ ...context, signal }, task.indices)
      post(signal.aborted ? { kind: 'stopped' } : { kind: 'done', partial })
    } catch (error) {
      if (signal.aborted) post({ kind: 'stopped' })
      else post({ kind: 'failed', error: toVatunError(error, `worker: ${task.spec.name}`).toJSON() })
    } finally {
      release()
    }
  }
  // Never rejects: what goes wrong is posted.
  let computing = Promise.resolve()
  const end = async () => {
    // A prediction of many images ends with its next chunk when the classifier is gone.
    await opened.then(
      ({ context }) => context.classifier.dispose(),
      () => {},
    )
    await computing
    process.exit()
  }
  port.on('message', (message: ShardTask | typeof END) => {
    if (message === END) void end()
    else computing = compute(message)
  })
}

async function open(
  options: ServeOptions,
  init: WorkerInit,
): Promise<{ report: BackendReport; context: WorkerContext }> {
  const report = await (options.prepare ?? prepareFor)(init)
  // One after the other, so that a failure leaves nothing running.
  const classifier = await options.openClassifier(init.model, report, init)
  const { info } = classifier
  try {
    return { report, context: { classifier, dataset: await options.openDataset(init.dataset, init, info), info, init } }
  } catch (error) {
    classifier.dispose()
    throw error
  }
}

function prepareFor({ model, engine, threads }: WorkerInit): Promise<BackendReport> {
  return prepareBackend({
    format: model.format,
    ...(engine && { prefer: engine }),
    ...(threads && { threads }),
  })
}
