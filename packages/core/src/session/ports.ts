import type { Observable } from 'rxjs'
import type { Axis, Pipeline } from '../augmentation.js'
import type { ImageBatch } from '../image-batch.js'
import type { FilterRef } from '../patterns.js'
import type { Step } from '../step.js'

/**
 * A question a view asks without knowing who answers: a worker in the page, a server with a GPU, or stored results.
 * Cold: each subscription is one computation, unsubscribing cancels it. Errors are VatunErrors.
 */
export type Port<Request, Result> = (request: Request) => Observable<Step<Result>>

/** An image of the data set, or one the person brought. Uploads have the model's input size already. */
export type ImageRef =
  | { readonly kind: 'dataset'; readonly index: number }
  | { readonly kind: 'upload'; readonly name: string; readonly image: ImageBatch }

export interface PredictRequest {
  readonly image: ImageRef
  /** Empty for the original. */
  readonly pipeline: Pipeline
}

export interface PredictResult {
  /** What the model saw, n = 1. */
  readonly image: ImageBatch
  /** `[classes]` softmax. */
  readonly probabilities: Float32Array
  /** Output of the penultimate layer. */
  readonly features: Float32Array
}

export interface ExplainRequest extends PredictRequest {
  readonly method: 'grad-cam'
  readonly layer: string
  readonly classIndex: number
}

export interface ExplainResult {
  /** `[height, width]` at image size, ≥ 0, not normalised, so that two maps can share one scale. */
  readonly map: Float32Array
  readonly height: number
  readonly width: number
}

export interface SweepRequest extends PredictRequest {
  readonly axis: Axis
}

export interface SweepResult {
  readonly axis: Axis
  readonly degrees: readonly number[]
  /** `[degree, class]` softmax. */
  readonly probabilities: Float32Array
  readonly classes: number
}

export interface ActivationsRequest {
  /** Data set indices. */
  readonly indices: readonly number[]
}

export interface ActivationsResult {
  /** `[filters]` spatial maximum of every filter, layers in order, averaged over the images. */
  readonly values: Float32Array
  /** `[filters]` the same over all analysed images: what is usual. */
  readonly baseline: Float32Array
}

export interface TopImagesRequest extends FilterRef {
  readonly count: number
}

export interface TopImagesResult {
  /** Data set indices, strongest first. */
  readonly indices: Int32Array
  /** Spatial maxima of the filter, in the same order. */
  readonly activations: Float32Array
}

/** All questions that views ask. A port that is absent disables the part of a view that needs it. */
export interface SessionPorts {
  readonly predict?: Port<PredictRequest, PredictResult>
  readonly explain?: Port<ExplainRequest, ExplainResult>
  readonly sweep?: Port<SweepRequest, SweepResult>
  readonly activations?: Port<ActivationsRequest, ActivationsResult>
  readonly topImages?: Port<TopImagesRequest, TopImagesResult>
}
