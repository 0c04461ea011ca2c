import * as tf from '@tensorflow/tfjs-core'
import { type DifferentiableModel, VatunError } from '@vatun/core'
import type { AugmentationContext } from '../augmentation.js'
import { type Labels, predictedLabels } from './loss-gradient.js'

/** Radius of the ball around the image, in pixel units. */
export const epsilonParameter = {
  kind: 'number',
  name: 'epsilon',
  label: 'Epsilon',
  unit: '',
  min: 0,
  max: 1,
  fractions: true,
} as const

/** Class index to lead to; without it the attack leads away from the label. */
export const targetParameter = {
  kind: 'integer',
  name: 'target',
  label: 'Target class',
  unit: '',
  min: 0,
  max: 1e6,
  optional: true,
} as const

/** Iterations, each with one gradient. */
export const stepsParameter = {
  kind: 'integer',
  name: 'steps',
  label: 'Iterations',
  unit: '',
  min: 1,
  max: 1e4,
} as const

/** Length of an iteration's step; see {@link defaultAlpha}. */
export const alphaParameter = {
  kind: 'number',
  name: 'alpha',
  label: 'Step size',
  unit: '',
  min: 0,
  max: 1e4,
  optional: true,
  fractions: true,
} as const

/** What draws are made from. */
export const seedParameter = {
  kind: 'integer',
  name: 'seed',
  label: 'Seed',
  unit: '',
  min: 0,
  max: 2 ** 32 - 1,
  default: 0,
} as const

/** How far a perturbation reaches: its largest value, or its Euclidean length over all pixels and channels of an image. */
export const norms = ['linf', 'l2'] as const

/** One of {@link norms}. */
export type Norm = (typeof norms)[number]

export const normParameter = {
  kind: 'choice',
  name: 'norm',
  label: 'Norm',
  options: ['linf', 'l2'] as const,
  default: 'linf',
} as const

/** Euclidean lengths may exceed 1: no image of any size is farther than this. */
export const longestEpsilon = 1e4

/** Step size where none is given, `2.5 · ε / steps`: it reaches the border from anywhere and leaves room to turn (Madry et al. 2018, section 5). */
export function defaultAlpha(epsilon: number, steps: number): number {
  return (2.5 * epsilon) / steps
}

/** The gradients of the context's classifier. @throws VatunError `unsupported` where there are none */
export function attackedModel({ classifier }: AugmentationContext, where: string): DifferentiableModel {
  if (classifier?.differentiable) return classifier.differentiable
  throw new VatunError(
    'unsupported',
    classifier
      ? `${where}: ${classifier.info.name} runs on an engine without gradients, open it on a differentiable one`
      : `${where}: no classifier to attack, give one in the context`,
  )
}

/** Where an attack leads. Labels that are a tensor are owned by the caller. */
export function goalOf(
  model: DifferentiableModel,
  images: tf.Tensor4D,
  target: number | undefined,
  { labels }: AugmentationContext,
): { readonly labels: Labels; readonly targeted: boolean } {
  if (target !== undefined) return { labels: new Array<number>(images.shape[0]).fill(target), targeted: true }
  return { labels: labels ?? predictedLabels(model, images), targeted: false }
}

/** The distance of each image from its origin: float32 `[n, 1, 1, 1]`, owned by the caller. */
export function lengthOf(perturbation: tf.Tensor4D): tf.Tensor {
  return tf.tidy(() => tf.sqrt(tf.sum(tf.square(perturbation), [1, 2, 3], true)))
}
