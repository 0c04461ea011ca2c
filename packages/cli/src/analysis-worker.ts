import { type SimulationOptions, simulation, simulationGrid } from '@vatun/augment'
import { serveAnalyses } from '@vatun/backend-node/worker'
import {
  type Axis,
  type BackendReport,
  type Classifier,
  type ClassifierInfo,
  type ModelSpec,
  survey,
} from '@vatun/core'
import { openDataset } from './open-dataset.js'
import { openModel } from './open-model.js'

// Entry of the worker pool: what the workers of `vatun analyze` can compute.
serveAnalyses({
  openClassifier: openOnEngine,
  openDataset,
  analyses: {
    survey: (_params: unknown, { info }: { info: ClassifierInfo }) => survey(info),
    simulation: ({ axis, ...options }: { axis: Axis } & SimulationOptions) => simulation(axis, options),
    'simulation-grid': ({ axes: [first, second] }: { axes: readonly [Axis, Axis] }) => simulationGrid(first, second),
  },
})

async function openOnEngine(spec: ModelSpec, { name, threads, provider = 'cpu' }: BackendReport): Promise<Classifier> {
  if (name !== 'onnxruntime') return openModel(spec)
  const { openOnnxNative } = await import('@vatun/onnx/native')
  return openOnnxNative(spec.url, { ...spec, threads, providers: [provider] })
}
