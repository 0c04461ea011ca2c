import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, yieldToEventLoop } from '@vatun/core'
import type { AugmentationContext } from '../augmentation.js'
import { attackedModel, goalOf, lengthOf, type Norm } from './attack-steps.js'
import { type Labels, lossGradient } from './loss-gradient.js'

/** A long computation that pauses between its iterations; what it returns is owned by the caller. */
export type Course = Generator<void, tf.Tensor4D>

/** What an iterated attack climbs. */
export interface Ascent {
  readonly model: DifferentiableModel
  /** float32 `[n, height, width, channels]` in [0, 1], borrowed: the centre of the ball. */
  readonly images: tf.Tensor4D
  readonly labels: Labels
  readonly targeted: boolean
  readonly norm: Norm
  readonly epsilon: number
  readonly alpha: number
  readonly steps: number
  /** Names the attack in errors. */
  readonly where: string
}

/**
 * Projected gradient ascent of the cross entropy: `x ← P(x + α · d)`, where `d` is the sign of the gradient (L∞) or the gradient scaled to
 * length 1 (L2), and `P` projects onto the ball around the image and then onto [0, 1]. Towards a target it descends.
 * @param start Becomes the course's own.
 */
export function* ascend(start: tf.Tensor4D, ascent: Ascent): Course {
  const { model, images, labels, targeted, norm, alpha, steps, where } = ascent
  let current: tf.Tensor4D | undefined = start
  try {
    for (let step = 0; step < steps; step++) {
      const here: tf.Tensor4D = current
      current = tf.tidy(() => {
        const gradient = lossGradient(model, here, labels, where)
        const direction =
          norm === 'linf' ? tf.sign(gradient) : tf.div(gradient, tf.maximum(lengthOf(gradient), smallestLength))
        return project(tf.add(here, tf.mul(direction, targeted ? -alpha : alpha)), images, ascent)
      })
      here.dispose()
      yield
    }
    const result: tf.Tensor4D = current
    current = undefined
    return result
  } finally {
    current?.dispose()
  }
}

/** Keeps a gradient of nothing but zeros finite. */
const smallestLength = 1e-20

/** The nearest point of the ball, then of [0, 1], which does not lead out of the ball again. Call it inside `tf.tidy`. */
export function project(
  changed: tf.Tensor4D,
  images: tf.Tensor4D,
  { norm, epsilon }: Pick<Ascent, 'norm' | 'epsilon'>,
): tf.Tensor4D {
  if (norm === 'linf')
    return tf.clipByValue(
      tf.minimum(tf.maximum(changed, tf.sub(images, epsilon)), tf.add(images, epsilon)) as tf.Tensor4D,
      0,
      1,
    )
  const perturbation = tf.sub(changed, images) as tf.Tensor4D
  const scale = tf.minimum(1, tf.div(epsilon, tf.maximum(lengthOf(perturbation), smallestLength)))
  return tf.clipByValue(tf.add(images, tf.mul(perturbation, scale)) as tf.Tensor4D, 0, 1)
}

/** The course of a pipeline's step, which gets its goal from the step and the context. */
export function* courseOfStep(
  images: tf.Tensor4D,
  { epsilon, target }: { readonly epsilon: number; readonly target: number | undefined },
  context: AugmentationContext,
  where: string,
  start: (model: DifferentiableModel, labels: Labels, targeted: boolean) => Course,
): Course {
  if (epsilon === 0) return tf.clone(images)
  const model = attackedModel(context, where)
  const { labels, targeted } = goalOf(model, images, target, context)
  try {
    return yield* start(model, labels, targeted)
  } finally {
    if (labels instanceof tf.Tensor) labels.dispose()
  }
}

/** Runs a course to its end. */
export function complete(course: Course): tf.Tensor4D {
  for (;;) {
    const { done, value } = course.next()
    if (done) return value
  }
}

/**
 * Runs a course to its end, giving the event loop a turn between iterations.
 * @throws The signal's reason when it is aborted; the course has freed what it held.
 */
export async function completeStepwise(course: Course, signal: AbortSignal): Promise<tf.Tensor4D> {
  for (;;) {
    if (signal.aborted) course.throw(signal.reason)
    const { done, value } = course.next()
    if (done) return value
    await yieldToEventLoop()
  }
}
