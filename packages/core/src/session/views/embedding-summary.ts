import { confusionMatrix, type PredictionTable } from '../../predictions.js'

/** One class, as a legend needs it. */
export interface ClassSummary {
  readonly classIndex: number
  readonly name: string
  /** Images with this true class. */
  readonly images: number
  /** Of these, predicted as another class. */
  readonly wrong: number
}

/** Two classes that are taken for each other. */
export interface Confusion {
  readonly a: number
  readonly b: number
  /** Images of `a` predicted as `b`, plus the other way round. */
  readonly count: number
}

/** What the predictions say about the whole set of images. */
export interface PredictionSummary {
  readonly images: number
  readonly wrong: number
  readonly classes: readonly ClassSummary[]
  /** `[true class, predicted class]` counts. */
  readonly confusion: Uint32Array
  /** The most confused pairs, most first, 20 at most. */
  readonly confusions: readonly Confusion[]
  /** Data set indices, the smallest difference between the two highest probabilities first. */
  readonly byMargin: Int32Array
}

/** Counts, confusion and ambiguity of a prediction table. */
export function summarisePredictions(table: PredictionTable, classNames: readonly string[]): PredictionSummary {
  const { classes } = table
  const confusion = confusionMatrix(table)
  const summaries = Array.from({ length: classes }, (_, c): ClassSummary => {
    const row = confusion.subarray(c * classes, (c + 1) * classes)
    const images = row.reduce((sum, count) => sum + count, 0)
    return { classIndex: c, name: classNames[c] ?? `class ${c}`, images, wrong: images - (row[c] ?? 0) }
  })
  return {
    images: table.labels.length,
    wrong: summaries.reduce((sum, { wrong }) => sum + wrong, 0),
    classes: summaries,
    confusion,
    confusions: confusedPairs(confusion, classes),
    byMargin: orderByMargin(table),
  }
}

function confusedPairs(confusion: Uint32Array, classes: number): Confusion[] {
  const pairs: Confusion[] = []
  for (let a = 0; a < classes; a++)
    for (let b = a + 1; b < classes; b++) {
      const count = confusion[a * classes + b]! + confusion[b * classes + a]!
      if (count > 0) pairs.push({ a, b, count })
    }
  return pairs.sort((p, q) => q.count - p.count).slice(0, 20)
}

const orders = new WeakMap<PredictionTable, Int32Array>()

/** Computed once a table: 10,000 images take a good part of a frame. */
function orderByMargin(table: PredictionTable): Int32Array {
  const known = orders.get(table)
  if (known) return known
  const { probabilities, classes, indices } = table
  const margins = Float64Array.from(indices, (_, r) => {
    let first = 0
    let second = 0
    for (let c = r * classes; c < (r + 1) * classes; c++) {
      const p = probabilities[c]!
      if (p > first) [first, second] = [p, first]
      else if (p > second) second = p
    }
    return first - second
  })
  const rows = Int32Array.from(indices, (_, r) => r).sort((a, b) => margins[a]! - margins[b]!)
  const order = rows.map((r) => indices[r]!)
  orders.set(table, order)
  return order
}

/** The finding in one sentence: `94 of 1,000 wrong; cat ↔ dog most confused (31).` */
export function describeSummary(summary: PredictionSummary): string {
  const { images, wrong, confusions, classes } = summary
  const number = (n: number) => n.toLocaleString('en')
  if (images === 0) return 'No images analysed.'
  if (wrong === 0) return `All ${number(images)} right.`
  const worst = confusions[0]
  const pair = worst
    ? `; ${classes[worst.a]!.name} ↔ ${classes[worst.b]!.name} most confused (${number(worst.count)})`
    : ''
  return `${number(wrong)} of ${number(images)} wrong${pair}.`
}
