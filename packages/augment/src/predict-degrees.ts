import * as tf from '@tensorflow/tfjs-core'
import {
  type AugmentationStep,
  type Axis,
  type Classifier,
  type ImageBatch,
  type Pipeline,
  pickImages,
  yieldToEventLoop,
} from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import { applyStep } from './apply-step.js'
import type { AugmentationContext } from './augmentation.js'
import { changeHostImages, changeImages, changesOnHost, disposeImages, type Images, tensorOf } from './change-images.js'
import type { Registry } from './create-registry.js'
import { type HostImages, toHostImages } from './host-pixels.js'
import { builtIn, readValues } from './registry.js'

/** Images a pass at most: enough to keep an engine busy. */
const BATCH_IMAGES = 32

/** What their pixels take at most as float32, so that memory stays bounded for large images. */
const BATCH_BYTES = 8 * 2 ** 20

/** How many images of a size are changed and predicted at a time. */
export function batchSizeFor({ height, width, channels }: Omit<ImageBatch, 'data' | 'n'>): number {
  return Math.max(1, Math.min(BATCH_IMAGES, Math.floor(BATCH_BYTES / (4 * height * width * channels))))
}

/** What {@link predictDegrees} predicts. */
export interface DegreesRequest {
  readonly classifier: Classifier
  /** Borrowed. Keep `n` at {@link batchSizeFor} their size or below. */
  readonly images: Images
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
   * Predicts all images at each of the degrees. Degrees are stacked until a forward pass has about {@link batchSizeFor} images.
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
  const { height, width, channels, n } = sizeOf(images)
  const batchSize = batchSizeFor({ height, width, channels })
  const rows = Array.from({ length: n }, (_, row) => row)
  const values = readValues(augmentation, stepAt(axis.degrees[0] ?? axis.identity))
  const onHost = !(images instanceof tf.Tensor) && changesOnHost(augmentation) ? toHostImages(images) : undefined
  const own = onHost ?? tf.tidy(() => tensorOf(images))
  let prepared: tf.Tensor4D | undefined
  try {
    if (own instanceof tf.Tensor) prepared = augmentation.prepare?.(own, values, contextOf(request, rows))
    const all: Part = { rows, images: own, prepared }
    const change = async (part: Part, degree: number): Promise<HostImages | tf.Tensor4D> => {
      const context = contextOf(request, part.rows)
      if (part.images instanceof tf.Tensor)
        return applyStep(augmentation, part.images, stepAt(degree), context, signal, part.prepared)
      return changeHostImages(augmentation, part.images, readValues(augmentation, stepAt(degree)), context)
    }
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
    if (own !== images) disposeImages(own)
  }
}

function sizeOf(images: Images): Omit<ImageBatch, 'data'> {
  if (!(images instanceof tf.Tensor)) return images
  const [n, height, width, channels] = images.shape
  return { n, height, width, channels }
}

/** Some of the images, with what was prepared for them. */
interface Part {
  readonly rows: readonly number[]
  readonly images: HostImages | tf.Tensor4D
  readonly prepared: tf.Tensor4D | undefined
}

async function withRows<T>(all: Part, rows: readonly number[], task: (part: Part) => Promise<T>): Promise<T> {
  const { images: from } = all
  if (!(from instanceof tf.Tensor))
    return task({ rows, images: toHostImages(pickImages(from, rows)), prepared: undefined })
  const [images, prepared] = tf.tidy(() => {
    const chosen = tf.tensor1d([...rows], 'int32')
    return [tf.gather(from, chosen), all.prepared && tf.gather(all.prepared, chosen)] as const
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
  parts: readonly { readonly rows: readonly number[]; readonly change: () => Promise<HostImages | tf.Tensor4D> }[],
): Promise<readonly [probabilities: Float32Array, classes: number]> {
  const { classifier, after = [], signal } = request
  // An engine that computes synchronously would let no cancellation through.
  await yieldToEventLoop()
  signal.throwIfAborted()
  const changed: (HostImages | tf.Tensor4D)[] = []
  let together: Images | undefined
  try {
    for (const { change } of parts) changed.push(await change())
    const rows = parts.flatMap((part) => part.rows)
    together = stack(changed, after, contextOf(request, rows))
    const { probabilities, classes } = await classifier.predict(together)
    return [probabilities, classes]
  } finally {
    for (const images of changed) disposeImages(images)
    if (together) disposeImages(together)
  }
}

/** Puts changed parts after each other, and changes them further; the result is the caller's. */
function stack(parts: readonly (HostImages | tf.Tensor4D)[], after: Pipeline, context: AugmentationContext): Images {
  const onHost = parts.filter((part): part is HostImages => !(part instanceof tf.Tensor))
  if (onHost.length < parts.length)
    return tf.tidy(() => applyPipeline(tf.concat(parts.map(tensorOf), 0), after, context))
  const [first] = onHost as [HostImages, ...HostImages[]]
  if (onHost.length === 1) return changeImages(first, after, context)
  const data = new Float32Array(onHost.reduce((sum, part) => sum + part.data.length, 0))
  let end = 0
  for (const part of onHost) {
    data.set(part.data, end)
    end += part.data.length
  }
  return changeImages({ ...first, n: onHost.reduce((sum, part) => sum + part.n, 0), data }, after, context)
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
