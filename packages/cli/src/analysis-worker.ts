import { simulation } from '@vatun/augment'
import { serveAnalyses } from '@vatun/backend-node/worker'
import { type Axis, type ClassifierInfo, survey } from '@vatun/core'
import { openDataset } from './open-dataset.js'
import { openModel } from './open-model.js'

// Entry of the worker pool: what the workers of `vatun analyze` can compute.
serveAnalyses({
  openClassifier: openModel,
  openDataset,
  analyses: {
    survey: (_params: unknown, { info }: { info: ClassifierInfo }) => survey(info),
    simulation: ({ axis }: { axis: Axis }) => simulation(axis),
  },
})
