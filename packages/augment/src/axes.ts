import type { AugmentationStep, Axis, Pipeline } from '@vatun/core'

const hue: Axis = {
  name: 'hue',
  label: 'Hue',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-180, -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150, 180],
}

const brightness: Axis = {
  name: 'brightness',
  label: 'Brightness',
  parameter: 'amount',
  unit: '',
  min: -1,
  max: 1,
  step: 0.01,
  identity: 0,
  degrees: [-1, -0.8, -0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6, 0.8, 1],
}

const rotation: Axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-180, -150, -120, -90, -60, -30, 0, 30, 60, 90, 120, 150, 180],
}

const blur: Axis = {
  name: 'blur',
  label: 'Blur',
  parameter: 'sigma',
  unit: 'px',
  min: 0,
  max: 4,
  step: 0.1,
  identity: 0,
  degrees: [0, 0.5, 1, 1.5, 2, 3, 4],
}

const fgsm: Axis = {
  name: 'fgsm',
  label: 'FGSM',
  parameter: 'epsilon',
  unit: '',
  min: 0,
  max: 16 / 255,
  step: 1 / 255,
  identity: 0,
  degrees: [0, 1, 2, 4, 8, 12, 16].map((level) => level / 255),
  in255ths: true,
}

/** The changes with one magnitude that VATUN offers as sliders, sweeps and simulations, in the order of display. */
export const axes: readonly Axis[] = [hue, brightness, rotation, blur, fgsm]

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
