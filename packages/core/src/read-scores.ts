import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { ModelSpec } from './model-spec.js'
import type { TfjsNetwork } from './tfjs-network.js'
import type { Program } from './tfjs-program.js'

/** How the values at the end of a network become logits. */
export interface ScoreReading extends Pick<TfjsNetwork, 'classes' | 'output'> {
  /** From the program's output, borrowed, to `[n, classes]`. */
  logits(scores: tf.Tensor): tf.Tensor2D
}

/**
 * Tells what the values at the end of a network are.
 *
 * One value for an image is the score of the second of two classes. Its logit `z` becomes the logits `-z/2` and `z/2`, whose softmax
 * are the probabilities `1 - sigmoid(z)` and `sigmoid(z)`. A probability `p` has the logit `log(p) - log(1 - p)`.
 *
 * @param scores The program's output for one image.
 * @param wanted What the user says the output is.
 * @throws VatunError `bad-input` if that is impossible, or has to be said.
 */
export function readScores(
  { where, activation }: Pick<Program, 'where' | 'activation'>,
  scores: Float32Array,
  wanted: ModelSpec['output'],
): ScoreReading {
  const values = scores.length
  const isSingle = values === 1
  const reading = (output: ScoreReading['output'], read: (rows: tf.Tensor2D) => tf.Tensor2D): ScoreReading => ({
    classes: isSingle ? 2 : values,
    output,
    logits: (scores) => tf.tidy(() => read(tf.reshape(scores, [-1, values]))),
  })
  const wrong = (problem: string) => new VatunError('bad-input', `${where}: ${problem}`)
  const isSoftmax = activation === 'softmax' || activation === 'log-softmax'
  const kind = activation === 'log-softmax' ? 'logits' : 'softmax'
  if (wanted && wanted !== kind && (isSoftmax || (activation && isSingle)))
    throw wrong(`the model ends in ${activation}, its output cannot be "${wanted}"`)
  if (isSoftmax && isSingle) throw wrong(`the model ends in ${activation} of one value, which is always the same`)
  if (isSoftmax) return reading(kind, (rows) => tf.logSoftmax(rows))
  if (isSingle && (activation || wanted === 'logits')) return reading(activation ? 'softmax' : 'logits', twoLogits)
  if (isSingle && !wanted)
    throw wrong(
      'the model gives one number for an image: is it the logit of the second of two classes, or its probability? Then set "output" to "logits", or to "softmax"',
    )
  if (activation && wanted !== 'logits')
    throw wrong(
      `the model ends in a sigmoid for each of ${values} classes, so that several can be true at once: compare them all the same? Then set "output" to "logits", which takes the values before the sigmoid`,
    )
  const sum = scores.reduce((a, b) => a + b, 0)
  const areShares = scores.every((p) => p >= 0 && p <= 1.001) && (isSingle || Math.abs(sum - 1) < 0.05)
  if (wanted === 'softmax' && !areShares)
    throw wrong(
      `the scores of a black image are ${show(scores)}, not ${isSingle ? 'a probability' : 'probabilities that add up to 1'}: should "output" be "logits"?`,
    )
  if (isSingle) return reading('softmax', (p) => twoLogits(tf.sub(logarithm(p), logarithm(tf.sub(1, p)))))
  const givesSoftmax = wanted ? wanted === 'softmax' : areShares && Math.abs(sum - 1) < 1e-4
  return givesSoftmax ? reading('softmax', logarithm) : reading('logits', (rows) => rows)
}

function twoLogits(logit: tf.Tensor2D): tf.Tensor2D {
  const half = tf.mul(logit, 0.5)
  return tf.concat([tf.neg(half), half], 1) as tf.Tensor2D
}

/** Smallest normal float32: probabilities below it count as it. */
const TINY = 1.1754943508222875e-38

function logarithm(probabilities: tf.Tensor2D): tf.Tensor2D {
  return tf.log(tf.maximum<tf.Tensor2D>(probabilities, TINY))
}

function show(scores: Float32Array): string {
  const shown = Array.from(scores.subarray(0, 4), (score) => String(Number(score.toPrecision(3))))
  return [...shown, ...(scores.length > 4 ? ['…'] : [])].join(', ')
}
