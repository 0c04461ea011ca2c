import type { AugmentationStep, Axis, Pipeline } from '@vatun/core'

/** A pipeline around the step that an axis varies. */
export interface SplitPipeline {
  readonly before: Pipeline
  /** Absent when no step has the axis' name: the axis then comes last. */
  readonly step?: AugmentationStep
  readonly after: Pipeline
}

/** Splits at the first step with the axis' name. */
export function splitPipeline(pipeline: Pipeline, axis: Axis): SplitPipeline {
  const position = pipeline.findIndex((step) => step.name === axis.name)
  const step = pipeline[position]
  return step
    ? { before: pipeline.slice(0, position), step, after: pipeline.slice(position + 1) }
    : { before: pipeline, after: [] }
}
