import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { ModelSpec } from './model-spec.js'
import type { TfjsNetwork } from './tfjs-network.js'
import type { Program } from './tfjs-program.js'

/** How the values at the end of a network become logits. */
export interface ScoreReading extends Pick<TfjsNetwork, 'classes' | 'output'> {
  /** From the program's output to `[n, classes]`. */
  logits(scores: tf.Tensor): tf.Tensor
}

/**
 * Tells what the values at the end of a network are.
 *
 * One value for an image is the score of the second of two classes. Its logit `z` becomes the logits `-z/2` and `z/2`, whose softmax
 * are the probabilities `1 - sigmoid(z)` and `sigmoid(z)`.
 *
 * @param scores The program's output for one image.
 * @param wanted What the user says the output is.
 * @throws VatunError `bad-input` if that is impossible, or has to be said.
 */
export function readScores(
  { where, beforeSoftmax, beforeSigmoid }: Pick<Program, 'where' | 'beforeSoftmax' | 'beforeSigmoid'>,
  scores: Float32Array,
  wanted: ModelSpec['output'],
): ScoreReading {
  const classes = scores.length
  const isSingle = classes === 1
  if (wanted === 'logits' && (beforeSoftmax || (beforeSigmoid && isSingle))) {
    const activation = beforeSoftmax ? 'softmax' : 'sigmoid'
    throw new VatunError('bad-input', `${where}: the model ends in ${activation}, its output cannot be "logits"`)
  }
  if (beforeSoftmax) return { classes, output: 'softmax', logits: (scores) => tf.logSoftmax(scores) }
  if (isSingle && !beforeSigmoid && wanted !== 'logits')
    throw new VatunError(
      'bad-input',
      `${where}: the model gives one number for an image: is it the logit of the second of two classes? Then set "output" to "logits"`,
    )
  if (isSingle) return { classes: 2, output: beforeSigmoid ? 'softmax' : 'logits', logits: twoLogits }
  if (beforeSigmoid && wanted !== 'logits')
    throw new VatunError(
      'bad-input',
      `${where}: the model ends in a sigmoid for each of ${classes} classes, so that several can be true at once: compare them all the same? Then set "output" to "logits", which takes the values before the sigmoid`,
    )
  const givesSoftmax = wanted ? wanted === 'softmax' : isDistribution(scores)
  return givesSoftmax
    ? { classes, output: 'softmax', logits: logarithm }
    : { classes, output: 'logits', logits: (scores) => tf.clone(scores) }
}

function twoLogits(logit: tf.Tensor): tf.Tensor {
  const half = tf.mul(logit, 0.5)
  return tf.concat([tf.neg(half), half], 1)
}

/** Smallest normal float32: probabilities below it count as it. */
const TINY = 1.1754943508222875e-38

function logarithm(probabilities: tf.Tensor): tf.Tensor {
  return tf.log(tf.maximum(probabilities, TINY))
}

function isDistribution(scores: Float32Array): boolean {
  const sum = scores.reduce((a, b) => a + b, 0)
  return scores.length > 1 && scores.every((p) => p >= 0) && Math.abs(sum - 1) < 1e-4
}
