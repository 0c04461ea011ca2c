/** Predictions beside the truth, column by column: what every view starts from. Row `r` is data set image `indices[r]`. */
export interface PredictionTable {
  readonly classes: number
  /** `[n]` data set indices. */
  readonly indices: Int32Array
  /** `[n]` true class indices. */
  readonly labels: Int32Array
  /** `[n]` class of the highest probability; the first of equals. */
  readonly predicted: Int32Array
  /** `[n]` softmax probability of the predicted class: the paper's confidence score. */
  readonly confidence: Float32Array
  /** `[n]` difference between the two highest probabilities, 0…1: the smaller, the more ambiguous. */
  readonly margin: Float32Array
  /** `[n, classes]` softmax. */
  readonly probabilities: Float32Array
}

/** Builds the table from softmax rows `[n, classes]`. */
export function predictionTable(
  rows: { readonly indices: Int32Array; readonly probabilities: Float32Array; readonly classes: number },
  label: (index: number) => number,
): PredictionTable {
  const { indices, probabilities, classes } = rows
  const n = indices.length
  const predicted = new Int32Array(n)
  const confidence = new Float32Array(n)
  for (let r = 0; r < n; r++) {
    const best = argmax(probabilities, r * classes, classes)
    predicted[r] = best
    confidence[r] = probabilities[r * classes + best]!
  }
  const margin = predictionMargins(probabilities, n, classes)
  return { classes, indices, labels: indices.map(label), predicted, confidence, margin, probabilities }
}

/** Difference between the two highest of each row of softmax `[n, classes]`; the only probability where there is one class. */
export function predictionMargins(probabilities: Float32Array, n: number, classes: number): Float32Array {
  const margins = new Float32Array(n)
  for (let r = 0; r < n; r++) {
    let first = 0
    let second = 0
    for (let c = r * classes; c < (r + 1) * classes; c++) {
      const p = probabilities[c]!
      if (p > first) {
        second = first
        first = p
      } else if (p > second) second = p
    }
    margins[r] = first - second
  }
  return margins
}

/** Position, counted from `offset`, of the largest of `length` values; the first of equals. */
export function argmax(values: ArrayLike<number>, offset = 0, length = values.length): number {
  let best = 0
  for (let i = 1; i < length; i++) if (values[offset + i]! > values[offset + best]!) best = i
  return best
}

/** Confusion matrix `[true class, predicted class]` in C order, counts. */
export function confusionMatrix(table: PredictionTable): Uint32Array {
  const matrix = new Uint32Array(table.classes * table.classes)
  for (let r = 0; r < table.labels.length; r++) matrix[table.labels[r]! * table.classes + table.predicted[r]!]!++
  return matrix
}

/** Share of rows predicted as labelled, 0…1. NaN for an empty table. */
export function accuracy(table: PredictionTable): number {
  let right = 0
  for (let r = 0; r < table.labels.length; r++) if (table.labels[r] === table.predicted[r]) right++
  return right / table.labels.length
}
