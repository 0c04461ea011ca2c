import type { PredictionTable } from '../../predictions.js'
import { classLabels } from './class-names.js'

/** One class, as a legend needs it. */
export interface ClassSummary {
  readonly classIndex: number
  /** As views show it: see {@link classLabels}. */
  readonly name: string
  /** As the model has it. */
  readonly fullName: string
  /** Images with this true class. */
  readonly images: number
  /** Of these, predicted as another class. */
  readonly wrong: number
}

/** Images of a class that are predicted as another one. */
export interface ConfusedPair {
  readonly label: number
  readonly predicted: number
  readonly count: number
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
  /** All pairs of classes with wrong predictions, most first: of a thousand classes these are few. */
  readonly confused: readonly ConfusedPair[]
  /** The two classes that are confused most, in both directions together. */
  readonly mostConfused: Confusion | null
  /** Data set indices, the smallest difference between the two highest probabilities first. */
  readonly byMargin: Int32Array
}

const summaries = new WeakMap<
  PredictionTable,
  { readonly classNames: readonly string[]; readonly summary: PredictionSummary }
>()

/** Counts, confusion and ambiguity of a prediction table; once per table. */
export function summarisePredictions(table: PredictionTable, classNames: readonly string[]): PredictionSummary {
  const before = summaries.get(table)
  if (before?.classNames === classNames) return before.summary
  const summary = summarise(table, classNames)
  summaries.set(table, { classNames, summary })
  return summary
}

function summarise(table: PredictionTable, classNames: readonly string[]): PredictionSummary {
  const { classes, labels } = table
  const names = classLabels(classNames)
  const images = new Uint32Array(classes)
  const wrong = new Uint32Array(classes)
  const confused = confusedPairs(table)
  for (const label of labels) images[label]!++
  for (const { label, count } of confused) wrong[label]! += count
  return {
    images: labels.length,
    wrong: wrong.reduce((sum, count) => sum + count, 0),
    classes: Array.from(images, (n, c) => {
      const name = names[c] ?? `class ${c}`
      return { classIndex: c, name, fullName: classNames[c] ?? name, images: n, wrong: wrong[c]! }
    }),
    confused,
    mostConfused: mostConfused(confused),
    byMargin: orderByMargin(table),
  }
}

function confusedPairs({ classes, labels, predicted }: PredictionTable): ConfusedPair[] {
  const counts = new Map<number, number>()
  for (let r = 0; r < labels.length; r++) {
    if (labels[r] === predicted[r]) continue
    const key = labels[r]! * classes + predicted[r]!
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .map(([key, count]) => ({ label: Math.floor(key / classes), predicted: key % classes, count }))
}

function mostConfused(pairs: readonly ConfusedPair[]): Confusion | null {
  const counts = new Map<string, Confusion>()
  let most: Confusion | null = null
  for (const { label, predicted, count } of pairs) {
    const [a, b] = [Math.min(label, predicted), Math.max(label, predicted)]
    const pair = { a, b, count: count + (counts.get(`${a} ${b}`)?.count ?? 0) }
    counts.set(`${a} ${b}`, pair)
    if (!most || pair.count > most.count) most = pair
  }
  return most
}

function orderByMargin({ margin, indices }: PredictionTable): Int32Array {
  // Numbers sort far faster without a function that compares them: margins in units of 2⁻³⁰, then rows.
  const n = indices.length
  const keys = Float64Array.from(margin, (m, r) => Math.round(m * 2 ** 30) * n + r).sort()
  return Int32Array.from(keys, (key) => indices[key % n]!)
}

/** The finding in one sentence: `94 of 1,000 wrong; cat ↔ dog most confused (31).` */
export function describeSummary(summary: PredictionSummary): string {
  const { images, wrong, mostConfused: worst, classes } = summary
  const number = (n: number) => n.toLocaleString('en')
  if (images === 0) return 'No images analysed.'
  if (wrong === 0) return `All ${number(images)} right.`
  const pair = worst
    ? `; ${classes[worst.a]!.name} ↔ ${classes[worst.b]!.name} most confused (${number(worst.count)})`
    : ''
  return `${number(wrong)} of ${number(images)} wrong${pair}.`
}
