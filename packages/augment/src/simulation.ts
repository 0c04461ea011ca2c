import {
  type Analysis,
  type AnalysisContext,
  type AugmentationStep,
  type Axis,
  argmax,
  type Classifier,
  type ImageBatch,
  type Pipeline,
  type SimulationResult,
  VatunError,
} from '@vatun/core'
import type { Augmentation } from './augmentation.js'
import { changeImages, disposeImages } from './change-images.js'
import type { Registry } from './create-registry.js'
import { batchSizeFor, type DegreeSeries, withDegreeSeries } from './predict-degrees.js'
import { builtIn, readValues } from './registry.js'
import { bisect, findBrackets } from './simulation-breaking.js'
import {
  mergeSimulations,
  type SimulatedBatch,
  type SimulationPartial,
  sumBatch,
  summarise,
} from './simulation-sums.js'
import { splitPipeline } from './split-pipeline.js'

/** Of the partials: stored ones of another form are not taken for these. */
const version = 3

/** Options of {@link simulation}. All but the registry are part of the analysis' spec. */
export interface SimulationOptions {
  /**
   * Other changes, which stay. The varying step keeps its place and its other parameters, or comes last when the pipeline has none of that
   * name. Images "without the change" have the axis at its identity. Default: none.
   */
  readonly pipeline?: Pipeline
  /** How many of the worst images of each class to keep. Default 20. */
  readonly worst?: number
  /**
   * Finds breaking magnitudes between the degrees by bisection, to this precision, in the axis' unit. Costs about log₂(distance of degrees /
   * tolerance) more predictions for each side of an image that breaks. Default: breaking magnitudes are degrees.
   */
  readonly tolerance?: number
  /** Knows your own augmentations. A worker that builds the analysis from its spec has to give its own. */
  readonly registry?: Registry
}

/**
 * How the predictions of each true class move over the degrees of one change: the paper's statistical result on data set level, and what a
 * test of robustness asks beyond it: accuracy, flips, margins with their 95 % intervals, the worst images, and how far each image can be changed.
 *
 * Attacks start from the true label; FGSM's gradient is computed once an image and serves all degrees. Seeded draws belong to data set
 * indices. Partials are sums of whole numbers: the result is the same to the bit however the images are shared out.
 *
 * @throws VatunError `not-found` or `bad-input` for an axis that no augmentation can apply, or options that make no sense.
 */
export function simulation(axis: Axis, options: SimulationOptions = {}): Analysis<SimulationPartial, SimulationResult> {
  const { registry = builtIn, ...params } = options
  const { pipeline = [], worst = 20, tolerance } = params
  const { before, ...varying } = splitPipeline(pipeline, axis)
  const augmentation = checkAxis(axis, registry, varying.step)
  if (!(Number.isInteger(worst) && worst >= 0))
    throw new VatunError('bad-input', `simulation: worst is ${worst}, expected a whole number of at least 0`)
  if (tolerance !== undefined && !(tolerance > 0))
    throw new VatunError('bad-input', `simulation: tolerance is ${tolerance}, expected a number above 0`)
  const wholeNumbers = augmentation.parameters.some((p) => p.name === axis.parameter && p.kind === 'integer')
  return {
    spec: {
      name: 'simulation',
      params: {
        axis,
        ...params,
        version,
        ...revisionsOf([augmentation, ...pipeline.map(({ name }) => registry.find(name))]),
      },
    },
    async partial({ classifier, dataset, signal }, indices) {
      const classes = classifier.info.classNames.length
      let partial = noImages(classes)
      for await (const { images, ids, labels } of labelledBatches({ classifier, dataset, signal }, indices)) {
        const context = { classifier, labels, ids, registry }
        const start = changeImages(images, before, context)
        try {
          const batch = await withDegreeSeries({ ...context, ...varying, images: start, axis, signal }, (series) =>
            simulateBatch(series, axis, ids, labels, classes, tolerance, wholeNumbers),
          )
          partial = mergeSimulations(partial, sumBatch(batch, worst), worst)
        } finally {
          disposeImages(start)
        }
      }
      return partial
    },
    merge: (a, b) => mergeSimulations(a, b, worst),
    finish(partial) {
      const { details, ...means } = summarise(partial, axis.degrees.length)
      const breaking = tolerance === undefined ? details.breaking : { ...details.breaking, tolerance }
      return { axis, degrees: axis.degrees, ...means, details: { ...details, breaking } }
    },
  }
}

function noImages(classes: number): SimulationPartial {
  return {
    classes,
    sums: [],
    flips: { keys: new Float64Array(0), counts: new Uint32Array(0) },
    worst: [],
    breaking: {
      index: new Int32Array(0),
      label: new Uint16Array(0),
      below: new Float64Array(0),
      above: new Float64Array(0),
    },
  }
}

async function simulateBatch(
  series: DegreeSeries,
  axis: Axis,
  indices: readonly number[],
  labels: readonly number[],
  classes: number,
  tolerance: number | undefined,
  wholeNumbers: boolean,
): Promise<SimulatedBatch> {
  const { degrees, identity } = axis
  const all = degrees.includes(identity) ? degrees : [...degrees, identity]
  const rows: Float32Array[] = []
  await series.predictAll(all, (_, probabilities) => rows.push(probabilities))
  const unchanged = rows[all.indexOf(identity)]!
  const probabilities = rows.slice(0, degrees.length)
  const found = findBrackets(axis, labels, classes, unchanged, probabilities)
  const brackets =
    tolerance === undefined
      ? found
      : await bisect(found, tolerance, wholeNumbers, async (places) => {
          const softmax = await series.predictPlaces(places)
          return places.map(({ row }, i) => argmax(softmax, i * classes, classes) !== labels[row])
        })
  const below = indices.map(() => Number.NaN)
  const above = indices.map(() => Number.NaN)
  for (const { row, side, outer } of brackets) (side === 'below' ? below : above)[row] = outer
  return { indices, labels, classes, unchanged, probabilities, below, above }
}

/** A few images with their labels. */
interface LabelledBatch {
  readonly images: ImageBatch
  /** Data set indices. */
  readonly ids: readonly number[]
  readonly labels: readonly number[]
}

/** Loads images batch by batch. @throws VatunError `bad-input` for a label that the model does not have, before any image is loaded */
export async function* labelledBatches(
  { classifier, dataset, signal }: AnalysisContext,
  indices: readonly number[],
): AsyncGenerator<LabelledBatch, void> {
  const labels = indices.map((index) => checkLabel(dataset.label(index), index, classifier))
  const batchSize = batchSizeFor(classifier.info.input)
  for (let first = 0; first < indices.length; first += batchSize) {
    signal.throwIfAborted()
    const ids = indices.slice(first, first + batchSize)
    yield { images: await dataset.images(ids), ids, labels: labels.slice(first, first + batchSize) }
  }
}

/** The augmentation of an axis. @throws VatunError as {@link simulation} */
export function checkAxis(axis: Axis, registry: Registry, step?: AugmentationStep): Augmentation {
  const augmentation = registry.find(axis.name)
  if (axis.degrees.length === 0)
    throw new VatunError('bad-input', `simulation: axis "${axis.name}" has no degrees, expected at least one`)
  for (const degree of axis.degrees) readValues(augmentation, { ...step, name: axis.name, [axis.parameter]: degree })
  return augmentation
}

/** What stored results depend on beside names and parameters; nothing for the built-in augmentations. */
export function revisionsOf(augmentations: readonly Augmentation[]): { readonly revisions?: readonly string[] } {
  const revisions = augmentations.map(({ revision = '' }) => revision)
  return revisions.some((revision) => revision !== '') ? { revisions } : {}
}

function checkLabel(label: number, index: number, classifier: Classifier): number {
  const classes = classifier.info.classNames.length
  if (Number.isInteger(label) && label >= 0 && label < classes) return label
  throw new VatunError('bad-input', `simulation: image ${index} has label ${label}, expected 0 to ${classes - 1}`)
}
