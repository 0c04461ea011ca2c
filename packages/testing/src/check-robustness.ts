import {
  batchSizeFor,
  builtIn,
  changeImages,
  disposeImages,
  type Images,
  predictDegrees,
  type Registry,
  stepOf,
} from '@vatun/augment'
import {
  type Axis,
  argmax,
  type Classifier,
  checkImageBatch,
  type Dataset,
  type ImageBatch,
  type Pipeline,
  pickImages,
  VatunError,
} from '@vatun/core'
import { describeReport } from './describe-report.js'
import { checkBound, leastAccuracy, type Requirement, resolveAxis } from './requirement.js'

/** Labelled images to test with. */
export interface LabelledImages {
  readonly images: ImageBatch
  /** `[n]` true class indices. */
  readonly labels: ArrayLike<number>
}

/** What to test with: images in memory, or a data set (`createImageDataset` of `@vatun/image-folder`, …), whose images are loaded a batch at a time. */
export type TestImages = LabelledImages | Dataset

/** How to check. */
export interface CheckOptions {
  /** Knows your own augmentations, variants and pipelines; the built-in ones by default. */
  readonly registry?: Registry
  /** Stops before the next forward pass. */
  readonly signal?: AbortSignal
}

/** How a model did under one change. */
export interface RobustnessPoint {
  readonly pipeline: Pipeline
  /** Magnitude on the axis; absent for a fixed pipeline. */
  readonly degree?: number
  /** Share of images predicted as labelled, 0…1. */
  readonly accuracy: number
  readonly passed: boolean
  /** `[n]` predicted class indices. */
  readonly predicted: Int32Array
}

/** The outcome of {@link checkRobustness}. */
export interface RobustnessReport {
  readonly passed: boolean
  readonly model: string
  readonly requirement: Requirement
  /** The axis, where the requirement is about one. */
  readonly axis?: Axis
  readonly images: number
  /** Accuracy on the images as they are, 0…1. */
  readonly unchanged: number
  /** The least accuracy that was accepted, 0…1. */
  readonly required: number
  readonly points: readonly RobustnessPoint[]
  /** The report in words, for people. */
  readonly message: string
}

/**
 * Measures the accuracy of a classifier on changed images and compares it with what is required of it.
 *
 * Attacks start from the true labels and need a differentiable classifier. Seeded draws belong to the position of an image among `data`.
 *
 * @param data Read, never changed.
 * @throws VatunError for labels, axes, steps or bounds that make no sense, and what a data set throws. A model that fails the requirement is a result, not an error; see
 * {@link expectRobust}.
 */
export async function checkRobustness(
  classifier: Classifier,
  data: TestImages,
  requirement: Requirement,
  { registry = builtIn, signal = new AbortController().signal }: CheckOptions = {},
): Promise<RobustnessReport> {
  checkBound(requirement)
  const { length, labels, load, nameOf } = source(data, classifier)
  checkLabels(length, labels, classifier)
  const axis = 'axis' in requirement ? resolveAxis(requirement, registry) : undefined
  if (axis?.degrees.length === 0) throw new VatunError('bad-input', 'checkRobustness: no degrees to test at')
  const changes = 'pipeline' in requirement ? [requirement.pipeline] : axis!.degrees.map((d) => [stepOf(axis!, d)])

  const plain = new Int32Array(length)
  const predicted = changes.map(() => new Int32Array(length))
  const batchSize = batchSizeFor(classifier.info.input)
  for (let first = 0; first < length; first += batchSize) {
    signal.throwIfAborted()
    const positions = Array.from({ length: Math.min(batchSize, length - first) }, (_, i) => first + i)
    const context = { classifier, labels: positions.map((p) => labels[p]!), ids: positions, registry }
    const batch = await load(positions)
    let changed: Images | undefined
    try {
      const original = await classifier.predict(batch)
      writeClasses(plain, first, original.probabilities, original.classes)
      if (axis)
        await predictDegrees({ ...context, images: batch, axis, signal }, (d, probabilities, classes) =>
          writeClasses(predicted[d]!, first, probabilities, classes),
        )
      else {
        changed = changeImages(batch, changes[0]!, context)
        const { probabilities, classes } = await classifier.predict(changed)
        writeClasses(predicted[0]!, first, probabilities, classes)
      }
    } finally {
      if (changed) disposeImages(changed)
    }
  }

  const unchanged = accuracyOf(plain, labels)
  const required = leastAccuracy(requirement, unchanged)
  const points = changes.map((pipeline, i): RobustnessPoint => {
    const accuracy = accuracyOf(predicted[i]!, labels)
    // The margin is for differences of shares such as 0.9 - 0.1, not for the model.
    const point = { pipeline, accuracy, passed: accuracy >= required - 1e-9, predicted: predicted[i]! }
    return axis ? { ...point, degree: axis.degrees[i]! } : point
  })
  const report = {
    passed: points.every((point) => point.passed),
    model: classifier.info.name,
    requirement,
    ...(axis && { axis }),
    images: length,
    unchanged,
    required,
    points,
  }
  return { ...report, message: describeReport(report, labels, classifier.info.classNames, nameOf) }
}

/** One form for both kinds of data. */
function source(
  data: TestImages,
  classifier: Classifier,
): {
  readonly length: number
  readonly labels: ArrayLike<number>
  readonly load: (positions: readonly number[]) => Promise<ImageBatch>
  readonly nameOf: (position: number) => string
} {
  const numbered = (i: number) => `image ${i}`
  if ('label' in data) {
    checkClasses(data, classifier)
    const labels = Array.from({ length: data.length }, (_, i) => data.label(i))
    return { length: data.length, labels, load: (at) => data.images(at), nameOf: (i) => data.file?.(i) ?? numbered(i) }
  }
  const { images, labels } = data
  checkImageBatch(images, 'checkRobustness')
  return { length: images.n, labels, load: async (at) => pickImages(images, at), nameOf: numbered }
}

/** Labels are numbers: with classes in another order all of them would mean something else. */
function checkClasses({ name, classNames }: Dataset, { info }: Classifier): void {
  const count = Math.max(classNames.length, info.classNames.length)
  for (let i = 0; i < count; i++)
    if (classNames[i] !== info.classNames[i])
      throw new VatunError(
        'bad-input',
        `checkRobustness: class ${i} of ${name} is ${quoted(classNames[i])}, that of ${info.name} is ${quoted(info.classNames[i])}; open both with the same classNames`,
      )
}

function quoted(name: string | undefined): string {
  return name === undefined ? 'not there' : `"${name}"`
}

function checkLabels(images: number, labels: ArrayLike<number>, { info }: Classifier): void {
  if (images === 0) throw new VatunError('bad-input', 'checkRobustness: no images, expected at least one')
  if (labels.length !== images)
    throw new VatunError('bad-input', `checkRobustness: ${labels.length} labels for ${images} images`)
  const classes = info.classNames.length
  for (let i = 0; i < labels.length; i++)
    if (!(Number.isInteger(labels[i]) && labels[i]! >= 0 && labels[i]! < classes))
      throw new VatunError(
        'bad-input',
        `checkRobustness: label ${labels[i]} of image ${i}, expected 0 to ${classes - 1}`,
      )
}

function writeClasses(target: Int32Array, first: number, probabilities: Float32Array, classes: number): void {
  for (let row = 0; row * classes < probabilities.length; row++)
    target[first + row] = argmax(probabilities, row * classes, classes)
}

function accuracyOf(predicted: Int32Array, labels: ArrayLike<number>): number {
  return predicted.reduce((right, p, i) => right + (p === labels[i] ? 1 : 0), 0) / predicted.length
}
