import {
  openRegistry,
  type Registry,
  type RegistrySpec,
  type SimulationOptions,
  simulation,
  simulationGrid,
} from '@vatun/augment'
import { serveAnalyses, type WorkerContext } from '@vatun/backend-node/worker'
import {
  type Axis,
  type BackendReport,
  type Classifier,
  type ClassifierInfo,
  type ModelSpec,
  survey,
} from '@vatun/core'
import { checkAugmentations } from './check-augmentations.js'
import { openDataset, type SharedFolder } from './open-dataset.js'
import { openModel } from './open-model.js'

// Entry of the worker pool: what the workers of `vatun analyze` can compute.
serveAnalyses({
  openClassifier: openOnEngine,
  openDataset: (spec, init, model) => openDataset(spec, model, init.folder as SharedFolder | undefined),
  analyses: {
    survey: (_params: unknown, { info }: { info: ClassifierInfo }) => survey(info),
    simulation: async ({ axis, ...options }: { axis: Axis } & SimulationOptions, context: WorkerContext) =>
      simulation(axis, { ...options, registry: await registryOf(context) }),
    'simulation-grid': async ({ axes: [first, second] }: { axes: readonly [Axis, Axis] }, context: WorkerContext) =>
      simulationGrid(first, second, { registry: await registryOf(context) }),
    'check-augmentations': async ({ channels }: { channels: number }, context: WorkerContext) =>
      checkAugmentations(await registryOf(context), channels),
  },
})

let registry: Promise<Registry> | undefined

/** Of the changes that the configuration asks for; opened once. */
function registryOf({ init }: WorkerContext): Promise<Registry> {
  registry ??= openRegistry(init.registry as RegistrySpec)
  return registry
}

async function openOnEngine(spec: ModelSpec, { name, threads, provider = 'cpu' }: BackendReport): Promise<Classifier> {
  if (name !== 'onnxruntime') return openModel(spec)
  const { openOnnxNative } = await import('@vatun/onnx/native')
  return openOnnxNative(spec.url, { ...spec, threads, providers: [provider] })
}
