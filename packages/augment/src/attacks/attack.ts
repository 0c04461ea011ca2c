import * as tf from '@tensorflow/tfjs-core'
import {
  type AugmentationStep,
  argmax,
  type Classifier,
  type ImageBatch,
  pickImages,
  toTensor,
  toUint8,
  VatunError,
} from '@vatun/core'
import { applyStep } from '../apply-step.js'
import type { AugmentationContext } from '../augmentation.js'
import { batchSizeFor } from '../predict-degrees.js'
import { readValues } from '../registry.js'
import type { Norm } from './attack-steps.js'
import { attacks } from './attacks.js'
import { checkClasses } from './loss-gradient.js'
import { roundWithin } from './round-within.js'

/** What an attack did, image by image. Everything is about the images as a file can hold them: rounded to 256 levels. */
export interface AttackResult {
  /** The attack, as a pipeline names it. */
  readonly step: AugmentationStep
  /** `[n, height, width, channels]` uint8: within the ball around the original, after rounding too. */
  readonly adversarial: ImageBatch & { readonly data: Uint8Array }
  /** Same shape, in pixel units: adversarial minus original. */
  readonly perturbation: Float32Array
  /** `[n]` classes that the attack led away from, or to for a targeted one. */
  readonly labels: Int32Array
  /** `[n]` predicted for the original. */
  readonly before: Int32Array
  /** `[n]` predicted for the adversarial image. */
  readonly after: Int32Array
  /**
   * `[n]` whether the adversarial image is predicted as another class than its label, or as the target of a targeted attack. True also for an
   * image whose original was wrong already: compare with `before`.
   */
  readonly success: readonly boolean[]
  /** `[n]` largest absolute change of a value, in pixel units. */
  readonly linf: Float64Array
  /** `[n]` Euclidean length of the change over all values, in pixel units. */
  readonly l2: Float64Array
}

/** Options of {@link attack}. */
export interface AttackOptions {
  /** `[n]` true classes to lead away from; default the classes that the model predicts. A target in the step goes before both. */
  readonly labels?: ArrayLike<number>
  /** `[n]` whole numbers that tell images apart for seeded draws; default their positions. */
  readonly ids?: ArrayLike<number>
  /** Stops between two iterations. */
  readonly signal?: AbortSignal
}

/**
 * Attacks images and tries the result: `attack(classifier, images, { name: 'pgd', epsilon: '8/255', restarts: 5 }, { labels })`.
 *
 * Gradients come from `classifier.differentiable`, predictions from `classifier.predict`, which may be another engine.
 *
 * @param images Float images are rounded to uint8 first, so that the original is one that a file can hold.
 * @param step One of {@link attacks}: `fgsm`, `bim`, `pgd`, or the control `controlNoise`.
 * @throws VatunError `bad-input` or `not-found` for a step or labels that make no sense, `unsupported` without gradients; the signal's reason
 *   when it is aborted.
 */
export async function attack(
  classifier: Classifier,
  images: ImageBatch,
  step: AugmentationStep,
  options: AttackOptions = {},
): Promise<AttackResult> {
  const { signal = new AbortController().signal } = options
  const augmentation = attacks.find(({ name }) => name === step.name)
  if (!augmentation)
    throw new VatunError(
      'not-found',
      `attack: no attack "${step.name}", expected one of ${attacks.map(({ name }) => name).join(', ')}`,
    )
  const { epsilon, norm = 'linf', target } = readValues(augmentation, step) as unknown as AttackValues
  const original = toUint8(images)
  const n = original.n
  const before = await predictClasses(classifier, original)
  const labels = target === undefined ? Int32Array.from(options.labels ?? before) : new Int32Array(n).fill(target)
  if (labels.length !== n)
    throw new VatunError('bad-input', `attack: ${labels.length} labels for ${n} images, expected one for each`)
  checkClasses(labels, classifier.info.classNames.length, 'attack')

  const size = original.height * original.width * original.channels
  const data = new Uint8Array(original.data.length)
  const batchSize = batchSizeFor(original)
  for (let first = 0; first < n; first += batchSize) {
    signal.throwIfAborted()
    const positions = Array.from({ length: Math.min(batchSize, n - first) }, (_, i) => first + i)
    const batch = toUint8(pickImages(original, positions))
    const context: AugmentationContext = {
      classifier,
      labels: positions.map((p) => labels[p]!),
      ids: positions.map((p) => options.ids?.[p] ?? p),
    }
    const attacked = await attackBatch(batch, (x) => applyStep(augmentation, x, step, context, signal))
    data.set(roundWithin(batch.data, attacked, size, norm, epsilon), first * size)
  }
  const adversarial = { ...original, data }
  const after = await predictClasses(classifier, adversarial)
  const success = Array.from(after, (p, i) => (target === undefined ? p !== labels[i] : p === target))
  return { step, adversarial, labels, before, after, success, ...measure(original.data, data, n) }
}

interface AttackValues {
  readonly epsilon: number
  readonly norm?: Norm
  readonly target?: number
}

async function attackBatch(
  batch: ImageBatch,
  change: (images: tf.Tensor4D) => Promise<tf.Tensor4D>,
): Promise<Float32Array> {
  const images = toTensor(batch)
  try {
    const attacked = await change(images)
    try {
      return await attacked.data<'float32'>()
    } finally {
      attacked.dispose()
    }
  } finally {
    tf.dispose(images)
  }
}

async function predictClasses(classifier: Classifier, images: ImageBatch): Promise<Int32Array> {
  const { logits, classes } = await classifier.predict(images)
  return Int32Array.from({ length: images.n }, (_, i) => argmax(logits, i * classes, classes))
}

function measure(original: Uint8Array, changed: Uint8Array, n: number) {
  const size = original.length / n
  const perturbation = new Float32Array(original.length)
  const linf = new Float64Array(n)
  const l2 = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let largest = 0
    let squares = 0
    for (let p = i * size; p < (i + 1) * size; p++) {
      const levels = changed[p]! - original[p]!
      perturbation[p] = levels / 255
      largest = Math.max(largest, Math.abs(levels))
      squares += levels ** 2
    }
    linf[i] = largest / 255
    l2[i] = Math.sqrt(squares) / 255
  }
  return { perturbation, linf, l2 }
}
