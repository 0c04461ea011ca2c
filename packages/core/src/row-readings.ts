import * as tf from '@tensorflow/tfjs-core'

/** How a row of scores becomes logits: of tensors, and of values on the host, which another engine has computed. */
export interface RowReading {
  /** `[n, values]` to `[n, classes]`, inside a `tf.tidy`. */
  readonly tensor: (rows: tf.Tensor2D) => tf.Tensor2D
  /** One row of `values` to one of `classes`, into `target`. */
  readonly host: (row: Float32Array, target: Float32Array) => void
}

/** Smallest normal float32: probabilities below it count as it. */
const TINY = 2 ** -126

const logarithm = (probabilities: tf.Tensor2D) => tf.log(tf.maximum<tf.Tensor2D>(probabilities, TINY))

/** `z` to `-z/2` and `z/2`, whose softmax are `1 - sigmoid(z)` and `sigmoid(z)`. */
function pair(logit: tf.Tensor2D): tf.Tensor2D {
  const half = tf.mul(logit, 0.5)
  return tf.concat([tf.neg(half), half], 1) as tf.Tensor2D
}

function writePair(logit: number, target: Float32Array): void {
  target[0] = -logit / 2
  target[1] = logit / 2
}

/** Values that are logits already. */
export const plainRows: RowReading = { tensor: (rows) => rows, host: (row, target) => target.set(row) }

/** Values before a softmax, whose logarithm is taken. */
export const rowsBeforeSoftmax: RowReading = {
  tensor: (rows) => tf.logSoftmax(rows),
  host(row, target) {
    const shift = logSumExp(row)
    for (let i = 0; i < row.length; i++) target[i] = row[i]! - shift
  },
}

/** Probabilities. */
export const shares: RowReading = {
  tensor: logarithm,
  host: (row, target) => target.set(row.map((p) => Math.log(Math.max(p, TINY)))),
}

/** One logit of the second of two classes. */
export const oneLogit: RowReading = { tensor: pair, host: ([z], target) => writePair(z!, target) }

/** The probability of the second of two classes: its logit is `log(p) - log(1 - p)`. */
export const oneProbability: RowReading = {
  tensor: (p) => pair(tf.sub(logarithm(p), logarithm(tf.sub(1, p)))),
  host: ([p], target) => writePair(Math.log(Math.max(p!, TINY)) - Math.log(Math.max(1 - p!, TINY)), target),
}

/** Softmax of rows on the host. */
export function softmaxRows(logits: Float32Array, classes: number): Float32Array {
  const result = new Float32Array(logits.length)
  for (let start = 0; start < logits.length; start += classes) {
    const shift = logSumExp(logits.subarray(start, start + classes))
    for (let i = start; i < start + classes; i++) result[i] = Math.exp(logits[i]! - shift)
  }
  return result
}

function logSumExp(row: Float32Array): number {
  let largest = Number.NEGATIVE_INFINITY
  for (let i = 0; i < row.length; i++) largest = Math.max(largest, row[i]!)
  let sum = 0
  for (let i = 0; i < row.length; i++) sum += Math.exp(row[i]! - largest)
  return largest + Math.log(sum)
}
