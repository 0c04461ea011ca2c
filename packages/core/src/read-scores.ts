import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { ModelSpec } from './model-spec.js'
import {
  oneLogit,
  oneProbability,
  plainRows,
  type RowReading,
  rowsBeforeSoftmax,
  shares,
  softmaxRows,
} from './row-readings.js'
import type { TfjsNetwork } from './tfjs-network.js'
import type { Program } from './tfjs-program.js'

/** How the values at the end of a network become logits. */
export interface ScoreReading extends Pick<TfjsNetwork, 'classes' | 'output'> {
  /** From the program's output, borrowed, to `[n, classes]`. */
  logits(scores: tf.Tensor): tf.Tensor2D
  /** The same on the host, with the softmax of the logits. */
  onHost(scores: Float32Array): { readonly logits: Float32Array; readonly probabilities: Float32Array }
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
  const reading = (output: ScoreReading['output'], { tensor, host }: RowReading): ScoreReading => {
    const classes = isSingle ? 2 : values
    return {
      classes,
      output,
      logits: (scores) => tf.tidy(() => tensor(tf.reshape(scores, [-1, values]))),
      onHost(scores) {
        const n = scores.length / values
        const logits = new Float32Array(n * classes)
        for (let i = 0; i < n; i++)
          host(scores.subarray(i * values, (i + 1) * values), logits.subarray(i * classes, (i + 1) * classes))
        return { logits, probabilities: softmaxRows(logits, classes) }
      },
    }
  }
  const wrong = (problem: string) => new VatunError('bad-input', `${where}: ${problem}`)
  const isSoftmax = activation === 'softmax' || activation === 'log-softmax'
  const kind = activation === 'log-softmax' ? 'logits' : 'softmax'
  if (wanted && wanted !== kind && (isSoftmax || (activation && isSingle)))
    throw wrong(`the model ends in ${activation}, its output cannot be "${wanted}"`)
  if (isSoftmax && isSingle) throw wrong(`the model ends in ${activation} of one value, which is always the same`)
  if (isSoftmax) return reading(kind, rowsBeforeSoftmax)
  if (isSingle && (activation || wanted === 'logits')) return reading(activation ? 'softmax' : 'logits', oneLogit)
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
  if (isSingle) return reading('softmax', oneProbability)
  const givesSoftmax = wanted ? wanted === 'softmax' : areShares && Math.abs(sum - 1) < 1e-4
  return givesSoftmax ? reading('softmax', shares) : reading('logits', plainRows)
}

function show(scores: Float32Array): string {
  const shown = Array.from(scores.subarray(0, 4), (score) => String(Number(score.toPrecision(3))))
  return [...shown, ...(scores.length > 4 ? ['…'] : [])].join(', ')
}
