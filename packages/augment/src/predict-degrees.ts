import * as tf from '@tensorflow/tfjs-core'
import { type AugmentationStep, type Axis, type Classifier, type Pipeline, yieldToEventLoop } from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import { applyStep } from './apply-step.js'
import type { AugmentationContext } from './augmentation.js'
import type { Registry } from './create-registry.js'
import { builtIn, readValues } from './registry.js'

/** Images a forward pass: enough to keep an engine busy, few enough for the memory that attack gradients need. */
export const batchSize = 32

/** What {@link predictDegrees} predicts. */
export interface DegreesRequest {
  readonly classifier: Classifier
  /** float32 `[n, height, width, channels]` in [0, 1], borrowed. Keep `n` at {@link batchSize} or below. */
  readonly images: tf.Tensor4D
  readonly axis: Axis
  /** `[n]` true classes for attacks; without them the model's own predictions. */
  readonly labels?: ArrayLike<number>
  /** `[n]` whole numbers that tell images apart, for seeded draws. */
  readonly ids?: ArrayLike<number>
  /** Other parameters of the axis' step. */
  readonly step?: AugmentationStep
  /** Steps after the one that varies. */
  readonly after?: Pipeline
  /** Knows the augmentations; the built-in ones by default. */
  readonly registry?: Registry
  readonly signal: AbortSignal
}

/** One image at one magnitude. */
export interface Place {
  readonly row: number
  readonly degree: number
}

/** Images that one change is applied to again and again. */
export interface DegreeSeries {
  /**
   * Predicts all images at each of the degrees. Degrees are stacked until a forward pass has about {@link batchSize} images.
   * @param onDegree Receives the position of the degree and its softmax rows `[n, classes]`, degrees in order.
   */
  predictAll(
    degrees: readonly number[],
    onDegree: (degree: number, probabilities: Float32Array, classes: number) => void,
  ): Promise<void>
  /** Predicts single images at magnitudes of their own. @returns softmax rows `[places, classes]` */
  predictPlaces(places: readonly Place[]): Promise<Float32Array>
}

/**
 * Predicts the same images at every degree of an axis. What does not depend on the degree (the gradient of FGSM) is computed once.
 *
 * @param onDegree Receives the position of the degree and its softmax rows `[n, classes]`, degrees in order.
 * @throws The signal's reason when it is aborted, looked at before each forward pass, after a turn of the event loop.
 */
export function predictDegrees(
  request: DegreesRequest,
  onDegree: (degree: number, probabilities: Float32Array, classes: number) => void,
): Promise<void> {
  return withDegreeSeries(request, (series) => series.predictAll(request.axis.degrees, onDegree))
}

/**
 * Lends a {@link DegreeSeries} to a task, and frees what it holds.
 * @throws The signal's reason when it is aborted, looked at before each forward pass, after a turn of the event loop.
 */
export async function withDegreeSeries<T>(
  request: DegreesRequest,
  task: (series: DegreeSeries) => Promise<T>,
): Promise<T> {
  const { axis, images, signal, registry = builtIn } = request
  const augmentation = registry.find(axis.name)
  const stepAt = (degree: number): AugmentationStep => ({ ...request.step, name: axis.name, [axis.parameter]: degree })
  for (const degree of axis.degrees) readValues(augmentation, stepAt(degree))
  signal.throwIfAborted()
  const rows = Array.from({ length: images.shape[0] }, (_, row) => row)
  const values = readValues(augmentation, stepAt(axis.degrees[0] ?? axis.identity))
  const prepared = augmentation.prepare?.(images, values, contextOf(request, rows))
  try {
    const all: Part = { rows, images, prepared }
    const change = (part: Part, degree: number) =>
      applyStep(augmentation, part.images, stepAt(degree), contextOf(request, part.rows), signal, part.prepared)
    return await task({
      async predictAll(degrees, onDegree) {
        const perPass = Math.max(1, Math.floor(batchSize / rows.length))
        for (let first = 0; first < degrees.length; first += perPass) {
          const pass = degrees.slice(first, first + perPass)
          const [probabilities, classes] = await predictParts(
            request,
            pass.map((degree) => ({ rows, change: () => change(all, degree) })),
          )
          const size = rows.length * classes
          for (let i = 0; i < pass.length; i++)
            onDegree(first + i, probabilities.subarray(i * size, (i + 1) * size), classes)
        }
      },
      async predictPlaces(places) {
        let results = new Float32Array(0)
        for (let first = 0; first < places.length; first += batchSize) {
          const pass = places.slice(first, first + batchSize)
          const degrees = [...new Set(pass.map(({ degree }) => degree))]
          const groups = degrees.map((degree) => ({
            degree,
            at: pass.flatMap((p, i) => (p.degree === degree ? [i] : [])),
          }))
          const [probabilities, classes] = await predictParts(
            request,
            groups.map(({ degree, at }) => {
              const own = at.map((i) => pass[i]!.row)
              return { rows: own, change: () => withRows(all, own, (part) => change(part, degree)) }
            }),
          )
          if (first === 0) results = new Float32Array(places.length * classes)
          for (const [k, i] of groups.flatMap(({ at }) => at).entries())
            results.set(probabilities.subarray(k * classes, (k + 1) * classes), (first + i) * classes)
        }
        return results
      },
    })
  } finally {
    prepared?.dispose()
  }
}

/** Some of the images, with what was prepared for them. */
interface Part {
  readonly rows: readonly number[]
  readonly images: tf.Tensor4D
  readonly prepared: tf.Tensor4D | undefined
}

async function withRows<T>(all: Part, rows: readonly number[], task: (part: Part) => Promise<T>): Promise<T> {
  const [images, prepared] = tf.tidy(() => {
    const chosen = tf.tensor1d([...rows], 'int32')
    return [tf.gather(all.images, chosen), all.prepared && tf.gather(all.prepared, chosen)] as const
  })
  try {
    return await task({ rows, images, prepared })
  } finally {
    tf.dispose([images, ...(prepared ? [prepared] : [])])
  }
}

/** Changes parts and predicts all of them in one pass. */
async function predictParts(
  request: DegreesRequest,
  parts: readonly { readonly rows: readonly number[]; readonly change: () => Promise<tf.Tensor4D> }[],
): Promise<readonly [probabilities: Float32Array, classes: number]> {
  const { classifier, after = [], signal } = request
  // An engine that computes synchronously would let no cancellation through.
  await yieldToEventLoop()
  signal.throwIfAborted()
  const changed: tf.Tensor4D[] = []
  try {
    for (const { change } of parts) changed.push(await change())
    if (changed.length > 1 || after.length > 0) {
      const stacked = tf.tidy(() => {
        const together = tf.concat(changed, 0)
        return applyPipeline(
          together,
          after,
          contextOf(
            request,
            parts.flatMap(({ rows }) => rows),
          ),
        )
      })
      tf.dispose(changed.splice(0, changed.length, stacked))
    }
    const { probabilities, classes } = await classifier.predict(changed[0]!)
    return [probabilities, classes]
  } finally {
    tf.dispose(changed)
  }
}

function contextOf(
  { classifier, labels, ids, registry }: DegreesRequest,
  rows: readonly number[],
): AugmentationContext {
  return {
    classifier,
    ...(labels && { labels: rows.map((row) => labels[row]!) }),
    ids: rows.map((row) => ids?.[row] ?? row),
    ...(registry && { registry }),
  }
}
