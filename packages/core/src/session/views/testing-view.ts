import {
  combineLatest,
  defer,
  delayWhen,
  distinctUntilChanged,
  filter,
  map,
  NEVER,
  type Observable,
  of,
  shareReplay,
  startWith,
  switchMap,
  take,
  timer,
} from 'rxjs'
import type { Pipeline } from '../../augmentation.js'
import { argmax } from '../../predictions.js'
import type { ExplainResult, ImageRef, PredictResult } from '../ports.js'
import { type Loadable, valueSoFar } from '../results.js'
import type { Session } from '../session.js'
import type { SessionState } from '../state.js'
import { type Answer, askLatest, askUntilReady, outdated } from './ask-port.js'
import { focusedClasses } from './focused-classes.js'
import { labelOf, shownImage, stripOf } from './testing-image.js'
import {
  classChanges,
  type Explanation,
  featureDrift,
  type TestingViewState,
  type UploadedImage,
} from './testing-state.js'
import { askSweeps, SweepCache } from './testing-sweeps.js'

/** What the testing view depends on beside the session. */
export interface TestingViewInputs {
  /** Image brought by the person; shown until another data set image is chosen or null comes. */
  readonly upload?: Observable<UploadedImage | null>
  /** Whether the sweeps can be seen; they are asked for only then. Default always. */
  readonly sweepsVisible?: Observable<boolean>
  /** Whether heat maps are shown; they are asked for only then. Default always. */
  readonly explained?: Observable<boolean>
  /** Each emission asks again for what has failed. */
  readonly retry?: Observable<unknown>
  /** Rows of the class table. Default 5. */
  readonly topClasses?: number
  /** Milliseconds. */
  readonly timing?: Partial<TestingViewTiming>
}

/** How eagerly the testing view asks, in milliseconds. */
export interface TestingViewTiming {
  /** Least time between two predictions while a slider moves. Default 100. */
  readonly predict: number
  /** Rest after a prediction before it is explained. Default 150. */
  readonly explain: number
  /** Rest after the last change before sweeps are asked for. Default 400. */
  readonly sweep: number
}

type Context = Required<TestingViewInputs> & { readonly session: Session; readonly timing: TestingViewTiming }

const waiting: Loadable<never> = { status: 'waiting' }

/**
 * The view-model of the testing view: one image, the changed image, what the model says of both, why, and how that depends on
 * the degree of every change. The latest image and the latest changes win: requests that nobody needs any more are unsubscribed from.
 * A part whose port is absent stays `waiting`, see `can`.
 */
export function testingView(session: Session, inputs: TestingViewInputs = {}): Observable<TestingViewState> {
  return defer(() => {
    const context: Context = {
      upload: of(null),
      sweepsVisible: of(true),
      explained: of(true),
      retry: NEVER,
      topClasses: 5,
      ...inputs,
      timing: { predict: 100, explain: 150, sweep: 400, ...inputs.timing },
      session,
    }
    const cache = new SweepCache()
    const parts = shownImage(session, context.upload).pipe(switchMap((image) => partsOf(image, context, cache)))
    return combineLatest([
      parts,
      session.pick('selection'),
      session.result('predictions'),
      focusedClasses(session),
    ]).pipe(
      map(([{ image, ...rest }, selection, predictions, focused]) => {
        const table = valueSoFar(predictions)
        return { image, label: labelOf(image, table), strip: stripOf(image, selection, table), focused, ...rest }
      }),
    )
  })
}

type Parts = Omit<TestingViewState, 'label' | 'strip' | 'focused'>

function partsOf(image: ImageRef | null, context: Context, cache: SweepCache): Observable<Parts> {
  const { session, retry, timing, topClasses } = context
  const { ports, subject } = session
  const predict = image ? ports.predict : undefined
  const pipeline$ = session.pick('pipeline')
  const share = <T>(source: Observable<T>) => source.pipe(shareReplay({ bufferSize: 1, refCount: true }))

  const original = share(
    image && predict ? askUntilReady(predict, { image, pipeline: [] }, retry) : of<Loadable<PredictResult>>(waiting),
  )
  const changed = share(
    askLatest(
      pipeline$,
      (pipeline) =>
        image && predict && pipeline.length > 0 ? askUntilReady(predict, { image, pipeline }, retry) : original,
      timing.predict,
    ),
  )
  const explainMap = ({ pipeline, explain }: MapRequest, prediction: Observable<Loadable<PredictResult>>) => {
    const port = ports.explain
    if (!image || !port || !predict) return of<Loadable<ExplainResult>>(waiting)
    const map$ = prediction.pipe(
      filter((p) => p.status === 'ready'),
      take(1),
      delayWhen(() => timer(pipeline.length === 0 ? 0 : timing.explain)),
      switchMap(({ value }) => {
        const classIndex = explain.classIndex ?? argmax(value.probabilities)
        const layer = explain.layer ?? subject.model.lastConv
        return askUntilReady(port, { image, pipeline, method: 'grad-cam', layer, classIndex }, retry)
      }),
      startWith(outdated<ExplainResult>(undefined)),
    )
    return context.explained.pipe(
      distinctUntilChanged(),
      switchMap((wanted) => (wanted ? map$ : of<Loadable<ExplainResult>>(waiting))),
    )
  }
  const explain$ = session.pick('explain')
  const originalMap = share(
    askLatest(
      explain$.pipe(map((explain): MapRequest => ({ pipeline: [], explain }))),
      (request) => explainMap(request, original),
      0,
    ),
  )
  const changedMap = askLatest(
    combineLatest([pipeline$, explain$]).pipe(map(([pipeline, explain]): MapRequest => ({ pipeline, explain }))),
    (request) =>
      request.pipeline.length > 0 ? explainMap(request, answerOf(changed, request.pipeline)) : answerOf(originalMap),
    0,
  )
  return combineLatest({
    original,
    changed,
    originalMap,
    changedMap,
    sweeps: askSweeps(image, { session, visible: context.sweepsVisible, retry, rest: timing.sweep, cache }),
  }).pipe(
    map(({ original, changed, originalMap, changedMap, sweeps }): Parts => {
      const { request: pipeline, answer: after } = changed
      const { explain } = originalMap.request
      const old = valueSoFar(original)
      const now = valueSoFar(after)
      const maps = {
        original: explanation(original, explain, originalMap.answer),
        changed: explanation(
          after,
          explain,
          // A change reaches the parts one after the other: until the map's request has followed, it is of another change.
          isFor(changedMap.request, pipeline, explain) ? changedMap.answer : outdated(changedMap.answer),
        ),
      }
      return {
        image,
        pipeline,
        original,
        changed: after,
        drift: old && now ? featureDrift(old.features, now.features) : null,
        classes: old ? classChanges(old.probabilities, now?.probabilities ?? null, topClasses) : [],
        explain: {
          layer: explain.layer ?? subject.model.lastConv,
          chosenClass: explain.classIndex,
          ...maps,
          scale: Math.max(maximum(maps.original.map), maximum(maps.changed.map)),
        },
        sweeps,
        can: { predict: !!ports.predict, explain: !!ports.explain && !!ports.predict, sweep: !!ports.sweep },
      }
    }),
  )
}

/** What a map is asked for, beside the image. */
interface MapRequest {
  readonly pipeline: Pipeline
  readonly explain: SessionState['explain']
}

function isFor(request: MapRequest, pipeline: Pipeline, explain: SessionState['explain']): boolean {
  return request.pipeline === pipeline && request.explain === explain
}

/** The answers to one request, or to all. */
function answerOf<Q, R>(answers: Observable<Answer<Q, R>>, request?: Q): Observable<Loadable<R>> {
  return answers.pipe(
    filter((a) => request === undefined || a.request === request),
    map((a) => a.answer),
  )
}

function explanation(
  prediction: Loadable<PredictResult>,
  explain: SessionState['explain'],
  map: Loadable<ExplainResult>,
): Explanation {
  const value = valueSoFar(prediction)
  const classIndex = explain.classIndex ?? (value ? argmax(value.probabilities) : null)
  // Without a prediction nothing can be explained, and nothing is on its way.
  return { classIndex, map: prediction.status === 'failed' || prediction.status === 'waiting' ? waiting : map }
}

function maximum(map: Loadable<ExplainResult>): number {
  let max = 0
  for (const value of valueSoFar(map)?.map ?? []) if (value > max) max = value
  return max
}
