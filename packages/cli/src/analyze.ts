import { join } from 'node:path'
import { openRegistry, type Registry, type RegistrySpec } from '@vatun/augment'
import { createWorkerPool, type NodeBackend, openBundle, type WorkerPool } from '@vatun/backend-node'
import { type Axis, type BackendReport, type Dataset, Session, type VatunError } from '@vatun/core'
import { type BundleSubject, modelReading } from '@vatun/core/bundle'
import type { Observable } from 'rxjs'
import { checkAugmentations, hasAdded } from './check-augmentations.js'
import { checkFit } from './check-fit.js'
import type { Config } from './config.js'
import { drawStratified } from './draw-sample.js'
import { fittingAxes } from './fitting-axes.js'
import { openDataset } from './open-dataset.js'
import { readFolder } from './read-folder.js'
import { readRegistry } from './read-registry.js'
import { filterPorts } from './stages/filter-ports.js'
import { runStages } from './stages/run-stages.js'
import { whyAllAgain } from './stages/why-again.js'
import type { OnProgress } from './task-list.js'
import { version } from './version.js'

/** Options of an analysis. */
export interface AnalyzeOptions {
  /** How many images, equally many of each class. Default 1,000, or all when there are fewer. */
  readonly images?: number
  /** Seed of the sample and of the layout. Default 0. */
  readonly seed?: number
  /** Workers that run the model. Default: as many as keep all cores busy. */
  readonly workers?: number
  /** The engine that runs the model. Default `auto`: that of VATUN_BACKEND, else the first that works. */
  readonly engine?: NodeBackend | 'auto'
  /** Told about the progress of every task. */
  readonly onProgress?: OnProgress
  /** Told, in a sentence each, what was left out of the images, and which results of an earlier run cannot be used and why. */
  readonly onNote?: (note: string) => void
}

/** An analysis that is ready to run: model and data are open, the bundle is locked, nothing has been computed. */
export interface PreparedAnalysis {
  readonly session: Session
  readonly dataset: Dataset
  /** The changes that are offered, for a page to open the same ones. */
  readonly registry: RegistrySpec
  /** Changes that are not offered because the model's images cannot be changed so. */
  readonly leftOut: readonly Axis[]
  /** Folder of the analysis bundle. */
  readonly folder: string
  /** The PNG of the sprite sheet, when it is there. */
  readonly sprites: () => Uint8Array | undefined
  /**
   * Cold stream that does the work and feeds the session. Emits an error for each result that failed; completes when all is on
   * disk. Unsubscribing stops at the next batch.
   */
  readonly work: Observable<VatunError>
  /** Ends the workers and unlocks the bundle. */
  close(): Promise<void>
}

/**
 * Opens model, data set and bundle, checks that they fit together, and starts the workers.
 *
 * @throws VatunError when the configuration, an augmentation of its own, the model file, the data or the output folder cannot be used.
 */
export async function prepareAnalysis(config: Config, options: AnalyzeOptions = {}): Promise<PreparedAnalysis> {
  const seed = options.seed ?? 0
  const spec = await readRegistry(config)
  // A module may make tensors once; the workers have engines, this thread has none.
  if (spec.module) await import('@tensorflow/tfjs-backend-cpu')
  const registry = await openRegistry(spec)
  const { engine = 'auto' } = options
  const folder = await readFolder(config, options)
  const pool = await createWorkerPool({
    workerUrl: new URL('./analysis-worker.js', import.meta.url),
    ...(options.workers === undefined ? {} : { size: options.workers }),
    init: {
      model: config.model,
      dataset: config.dataset,
      folder,
      registry: spec,
      ...(engine !== 'auto' && { engine }),
    },
  })
  try {
    const dataset = await openDataset(config.dataset, pool.info, folder)
    const prepared = await prepareWithPool(config, options, seed, dataset, pool, registry)
    return { ...prepared, registry: spec }
  } catch (error) {
    await pool.close()
    throw error
  }
}

async function prepareWithPool(
  config: Config,
  options: AnalyzeOptions,
  seed: number,
  dataset: Dataset,
  pool: WorkerPool,
  registry: Registry,
): Promise<Omit<PreparedAnalysis, 'registry'>> {
  const model = pool.info
  await checkFit(model, dataset)
  const { axes, leftOut } = fittingAxes(registry, model, config.axes !== undefined)
  const { signal } = new AbortController()
  if (hasAdded(registry, model.input.channels))
    await pool.partial(checkAugmentations(registry, model.input.channels), [0], signal)
  const labels = Array.from({ length: dataset.length }, (_, i) => dataset.label(i))
  const indices = drawStratified(
    labels,
    model.classNames.length,
    options.images ?? Math.min(1000, dataset.length),
    seed,
  )
  const folder = join(config.output, `${model.name}-${indices.length}`)
  const engine = engineIdentity(pool.report)
  const subject: BundleSubject = {
    vatun: version,
    model: { name: model.name, hash: model.hash },
    dataset: { name: dataset.name, hash: dataset.hash, length: dataset.length },
    images: { count: indices.length, order: 'stratified', seed },
    classifier: model,
    engine,
    classNames: model.classNames,
    specs: { model: config.model, dataset: config.dataset },
    axes,
  }
  const bundle = await openBundle(folder, subject)
  const { onProgress = () => {}, onNote = () => {} } = options
  const reason = whyAllAgain(bundle.before, subject)
  if (reason) onNote(`computing all results again: ${reason}`)
  const session: Session = new Session({
    subject: {
      model,
      dataset: {
        name: dataset.name,
        length: dataset.length,
        ...(dataset.file && { files: Object.fromEntries(indices.map((i) => [i, dataset.file!(i)])) }),
      },
      images: indices.length,
      axes,
    },
    ports: filterPorts(model, () => stages.survey()),
  })
  session.setStatus({ engines: [{ where: 'server', report: pool.report }] })
  const stages = runStages(
    session,
    { model, reading: modelReading(config.model), engine, dataset, indices, seed, bundle, executor: pool, registry },
    onProgress,
    reason ? () => {} : onNote,
  )
  return {
    session,
    dataset,
    leftOut,
    folder,
    sprites: stages.sprites,
    work: stages.work,
    close: async () => {
      await pool.close()
      await bundle.close()
    },
  }
}

/** Engines differ in the last bits of a result, so that what one has computed is not continued by another. */
function engineIdentity({ name, provider, device }: BackendReport): string {
  return `${name} on ${provider ?? device}`
}
