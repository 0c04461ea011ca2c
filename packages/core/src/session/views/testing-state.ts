import type { Pipeline } from '../../augmentation.js'
import type { ImageBatch } from '../../image-batch.js'
import type { ExplainResult, ImageRef, PredictResult, SweepResult } from '../ports.js'
import type { Loadable } from '../results.js'

/** An image that a person brought, already of the model's input size. */
export interface UploadedImage {
  readonly name: string
  readonly image: ImageBatch
}

/** Images to step through. */
export interface ImageStrip {
  /** Data set indices: what the selection agrees on, or all analysed images when nothing is selected. */
  readonly indices: ArrayLike<number>
  /** Whether the indices come from a selection. */
  readonly selected: boolean
  /** Position of the shown image in `indices`; -1 when it is not among them. */
  readonly position: number
}

/** Softmax probability of one class before and after the change. */
export interface ClassChange {
  readonly classIndex: number
  readonly before: number
  /** Null until the changed image has been predicted. */
  readonly after: number | null
}

/** Grad-CAM of one of the two images. */
export interface Explanation {
  /** The class that is explained; null until it is known. */
  readonly classIndex: number | null
  readonly map: Loadable<ExplainResult>
}

/** Everything that the testing view draws. All parts belong to the same image. */
export interface TestingViewState {
  readonly image: ImageRef | null
  /** True class of a data set image, where known. */
  readonly label: number | null
  readonly strip: ImageStrip
  readonly pipeline: Pipeline
  readonly original: Loadable<PredictResult>
  readonly changed: Loadable<PredictResult>
  /** Cosine distance of the penultimate features, 0…2; null until both are known. */
  readonly drift: number | null
  /** The classes that matter most in either prediction, in the order of the original. */
  readonly classes: readonly ClassChange[]
  /** Classes that a person looks at, in any view; these get a colour first where there are more than colours. */
  readonly focused: readonly number[]
  readonly explain: {
    readonly layer: string
    /** Null: each image is explained for its own predicted class. */
    readonly chosenClass: number | null
    readonly original: Explanation
    readonly changed: Explanation
    /** Upper end of the scale that both maps share: their common maximum; 0 when there is none. */
    readonly scale: number
  }
  /** By axis name, in the order of the session's axes. */
  readonly sweeps: Readonly<Record<string, Loadable<SweepResult>>>
  /** What the session's ports allow. */
  readonly can: { readonly predict: boolean; readonly explain: boolean; readonly sweep: boolean }
}

/**
 * Cosine distance `1 − a·b / (‖a‖ ‖b‖)` of two feature vectors of equal length, 0…2. Zero for two zero vectors, 1 when only one is.
 */
export function featureDrift(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let dot = 0
  let aa = 0
  let bb = 0
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  if (aa === 0 || bb === 0) return aa === bb ? 0 : 1
  return Math.min(2, Math.max(0, 1 - dot / Math.sqrt(aa * bb)))
}

/** The `count` classes with the highest probability in either prediction, in the order of the original's probabilities. */
export function classChanges(
  before: ArrayLike<number>,
  after: ArrayLike<number> | null,
  count: number,
): readonly ClassChange[] {
  const all = Array.from(before, (p, classIndex) => ({ classIndex, before: p, after: after?.[classIndex] ?? null }))
  const top = all.sort((a, b) => Math.max(b.before, b.after ?? 0) - Math.max(a.before, a.after ?? 0)).slice(0, count)
  return top.sort((a, b) => b.before - a.before || a.classIndex - b.classIndex)
}
