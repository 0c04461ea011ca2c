import { type Registry, simulation } from '@vatun/augment'
import type { Bundle } from '@vatun/backend-node'
import {
  type Analysis,
  type AnalysisSpec,
  type ClassifierInfo,
  convLayers,
  type Dataset,
  type Executor,
  type Loadable,
  predictionTable,
  run,
  type Session,
  type SessionResults,
  type SimulationResult,
  type Step,
  type Survey,
  streamOf,
  survey,
  toVatunError,
  type VatunError,
} from '@vatun/core'
import { type modelReading, resultKey } from '@vatun/core/bundle'
import {
  catchError,
  concat,
  defer,
  EMPTY,
  finalize,
  ignoreElements,
  map,
  merge,
  mergeMap,
  type Observable,
  of,
  tap,
} from 'rxjs'
import { type OnProgress, TaskList } from '../task-list.js'
import { writeImageList } from './image-list.js'
import { runInThread } from './run-in-thread.js'
import { embeddingForm, patternsForm, simulationForm, spritesForm, surveyForm } from './stored-forms.js'
import { type StoredForm, storedResult } from './stored-result.js'
import { type DrawnSheet, drawThumbnails } from './thumbnails.js'

/** What the stages work with. */
export interface AnalysisResources {
  readonly model: ClassifierInfo
  /** How the model is read: see `modelReading`; part of the results' keys. */
  readonly reading: ReturnType<typeof modelReading>
  /** Identity of what computes; part of the results' keys. */
  readonly engine: string
  readonly dataset: Dataset
  /** Data set indices in the order of processing. */
  readonly indices: readonly number[]
  readonly seed: number
  readonly bundle: Bundle
  readonly executor: Executor
  /** Knows the session's axes. */
  readonly registry: Registry
}

/** Images a shard: what a kill loses, and the grain of progress. Simulation runs each image at some twelve degrees. */
const shardSizes = { survey: 50, simulation: 20 }

/** The stages of an analysis, wired to a session. */
export interface Stages {
  /** Emits the error of each result that failed; completes when there is nothing more to do. */
  readonly work: Observable<VatunError>
  /** As far as it has come. */
  readonly survey: () => Survey | undefined
  readonly sprites: () => Uint8Array | undefined
}

/**
 * The pipeline: thumbnails and survey first; then layout, patterns and all simulations side by side, so that every view has
 * something to show early and refines from there.
 */
export function runStages(
  session: Session,
  resources: AnalysisResources,
  onProgress: OnProgress,
  onNote: (note: string) => void,
): Stages {
  const { model, reading, engine, dataset, indices, seed, bundle, executor, registry } = resources
  const tasks = new TaskList()
  let surveyed: Survey | undefined
  let sheet: DrawnSheet | undefined

  // Shards of a run that was killed know nothing but their key: whatever the configuration says about the model has to be in it.
  const { penultimate, output } = model
  const keyOf = ({ name, params }: AnalysisSpec, shardSize: number) =>
    resultKey(
      { name, params: { ...params, engine, reading, penultimate, output } },
      model.hash,
      dataset.hash,
      indices,
      shardSize,
    )

  /** Runs one stage: its steps become states of a result and lines of the status; its failure is emitted, not thrown. */
  const stage = <T>(
    label: string,
    set: (loadable: Loadable<T>) => void,
    steps: Observable<Step<T>>,
  ): Observable<VatunError> => {
    let newest: { value?: T } = {}
    return steps.pipe(
      tap({
        next: (step) => {
          if (step.kind === 'value') newest = { value: step.value }
          tasks.update(label, step.progress)
          onProgress(label, step.progress)
          session.setStatus({ tasks: tasks.list() })
          set({ status: 'running', progress: step.progress, ...newest })
        },
        complete: () => {
          if (newest.value !== undefined) set({ status: 'ready', value: newest.value })
        },
      }),
      ignoreElements(),
      catchError((thrown: unknown) => {
        const error = toVatunError(thrown, label)
        set({ status: 'failed', error: error.toJSON(), ...newest })
        return of(error)
      }),
      finalize(() => {
        tasks.remove(label)
        session.setStatus({ tasks: tasks.list() })
      }),
    )
  }

  /** A result that is kept in the bundle. */
  const stored = <T>(
    label: string,
    spec: AnalysisSpec,
    shardSize: number,
    form: StoredForm<T>,
    compute: (key: string) => Observable<Step<T>>,
  ): Observable<Step<T>> =>
    defer(() => keyOf(spec, shardSize)).pipe(
      mergeMap((key) =>
        storedResult(
          bundle,
          key,
          form,
          () => compute(key),
          (why) => onNote(`${label} again: ${why}`),
        ),
      ),
    )

  /** A result computed over the data set by the pool, with shards and result kept in the bundle. */
  const analysed = <P, R>(
    label: string,
    analysis: Analysis<P, R>,
    shardSize: number,
    form: StoredForm<R>,
  ): Observable<Step<R>> =>
    stored(label, analysis.spec, shardSize, form, (key) =>
      run(analysis, { executor, indices, shardSize, store: bundle.store<P>(key) }),
    )

  const result =
    <K extends 'predictions' | 'sprites' | 'embedding' | 'patterns'>(name: K) =>
    (loadable: SessionResults[K]) =>
      session.setResults({ [name]: loadable })

  const thumbnails = stored('thumbnails', { name: 'sprites', params: {} }, 0, spritesForm(indices), () =>
    streamOf<Step<DrawnSheet>>(async (emit, signal) => {
      const value = await drawThumbnails(dataset, indices, signal)
      emit({ kind: 'value', value, progress: { done: 1, total: 1, unit: 'pictures' } })
    }),
  ).pipe(
    tap((step) => {
      if (step.kind === 'value') sheet = step.value
    }),
    mapValue((drawn) => ({ ...drawn.sheet, url: 'sprites.png' })),
  )

  // Names of files are not part of any key, so the table is written anew.
  const imageList = defer(async () => {
    if (!dataset.file) return
    const key = await keyOf({ name: 'images', params: {} }, 0)
    await bundle.writeResult('images.csv', writeImageList(dataset, indices), key)
  }).pipe(
    ignoreElements(),
    catchError((thrown: unknown) => of(toVatunError(thrown, 'images.csv'))),
  )

  const predictions = analysed(
    'predictions',
    survey(model),
    shardSizes.survey,
    surveyForm(model, (i) => dataset.label(i)),
  ).pipe(
    tap((step) => {
      if (step.kind === 'value') surveyed = step.value
    }),
    mapValue((s) => predictionTable(s, (i) => dataset.label(i))),
  )

  const embedding = (s: Survey) =>
    stored('layout', { name: 'embedding', params: { method: 't-SNE', seed } }, 0, embeddingForm, () =>
      runInThread('embedding', { indices: s.indices, features: s.features, featureSize: s.featureSize, seed }),
    )

  const patterns = (s: Survey) =>
    stored('patterns', { name: 'patterns', params: {} }, 0, patternsForm, () =>
      runInThread('patterns', {
        indices: s.indices,
        labels: s.indices.map((i) => dataset.label(i)),
        classes: s.classes,
        maxima: s.maxima,
        filters: s.filters,
        layers: convLayers(model),
      }),
    )

  const curves = session.subject.axes.map((axis) => {
    const label = `simulating ${axis.label.toLowerCase()}`
    return stage<SimulationResult>(
      label,
      (loadable) => session.setResults({ simulation: { ...session.results.simulation, [axis.name]: loadable } }),
      analysed(label, simulation(axis, { registry }), shardSizes.simulation, simulationForm(axis.name)),
    )
  })

  const afterSurvey = defer(() => {
    if (surveyed?.indices.length !== indices.length) return EMPTY
    return merge(
      stage('layout', result('embedding'), embedding(surveyed)),
      stage('patterns', result('patterns'), patterns(surveyed)),
      ...curves,
    )
  })

  return {
    work: merge(
      imageList,
      stage('thumbnails', result('sprites'), thumbnails),
      concat(stage('predictions', result('predictions'), predictions), afterSurvey),
    ),
    survey: () => surveyed,
    sprites: () => sheet?.png,
  }
}

function mapValue<T, R>(change: (value: T) => R) {
  return map((step: Step<T>): Step<R> => (step.kind === 'value' ? { ...step, value: change(step.value) } : step))
}
