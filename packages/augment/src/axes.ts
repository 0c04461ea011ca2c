import type { AugmentationStep, Axis, Pipeline } from '@vatun/core'
import { attackAxes } from './attacks/attack-axes.js'
import { corruptionAxes } from './corruptions/corruption-axes.js'
import { defaultAxes } from './default-axes.js'
import { moreAxes } from './more-axes.js'

/** The changes with one magnitude that VATUN offers as sliders, sweeps and simulations by default, in the order of display. */
export const axes: readonly Axis[] = defaultAxes

/** Every built-in change with one magnitude: the default ones, further augmentations, attacks, and the severities of the corruptions. */
export const allAxes: readonly Axis[] = [
  ...defaultAxes,
  ...moreAxes,
  ...attackAxes.filter((axis) => !defaultAxes.includes(axis)),
  ...corruptionAxes,
]

/** The step that applies the axis with this magnitude. */
export function stepOf(axis: Axis, magnitude: number): AugmentationStep {
  return { name: axis.name, [axis.parameter]: magnitude }
}

/**
 * The pipeline with the axis at this magnitude: in the place of the step of that name (the first, if there are several),
 * whose other parameters stay, or at the end when there is none.
 */
export function withMagnitude(pipeline: Pipeline, axis: Axis, magnitude: number): Pipeline {
  const position = pipeline.findIndex((step) => step.name === axis.name)
  if (position < 0) return [...pipeline, stepOf(axis, magnitude)]
  return pipeline.with(position, { ...pipeline[position], ...stepOf(axis, magnitude) })
}

/** The axis' magnitude in the pipeline; its identity when no step has that name. */
export function magnitudeIn(pipeline: Pipeline, axis: Axis): number {
  const value = pipeline.find((step) => step.name === axis.name)?.[axis.parameter]
  return typeof value === 'number' ? value : axis.identity
}
