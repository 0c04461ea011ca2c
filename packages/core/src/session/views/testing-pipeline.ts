import type { AugmentationStep, Axis, Pipeline } from '../../augmentation.js'

/**
 * The order in which the testing view applies changes, whatever the order in which a person made them: what is cut out of the
 * photo first, then geometry, then colour, then blur, and last the attacks, which are computed on the image that the model gets.
 * Changes that are not listed here, the user's own among them, come between blur and the attacks, in the order in which they were made.
 */
export const changeOrder: readonly string[] = [
  'removeRegion',
  'flipHorizontal',
  'flipVertical',
  'rotation',
  'hue',
  'brightness',
  'blur',
  'fgsm',
  'bim',
  'pgd',
  'controlNoise',
]

/** The magnitude of an axis in a pipeline; its identity when there is no such step. */
export function axisValue(pipeline: Pipeline, axis: Axis): number {
  const value = findStep(pipeline, axis.name)?.[axis.parameter]
  return typeof value === 'number' && Number.isFinite(value) ? value : axis.identity
}

/** The pipeline with another magnitude of one axis, limited to the axis's range; the identity takes the step out. */
export function setAxisValue(pipeline: Pipeline, axis: Axis, value: number): Pipeline {
  const limited = Math.min(axis.max, Math.max(axis.min, value))
  if (limited === axis.identity) return removeStep(pipeline, axis.name)
  return setStep(pipeline, { ...findStep(pipeline, axis.name), name: axis.name, [axis.parameter]: limited })
}

/** The first step of that name. */
export function findStep(pipeline: Pipeline, name: string): AugmentationStep | undefined {
  return pipeline.find((step) => step.name === name)
}

/**
 * The pipeline with this step in its place in {@link changeOrder}, instead of those of the same name. One that is there already stays before and
 * behind the same others.
 */
export function setStep(pipeline: Pipeline, step: AugmentationStep): Pipeline {
  const first = pipeline.findIndex(({ name }) => name === step.name)
  const rest = removeStep(pipeline, step.name)
  return rest.toSpliced(first < 0 ? rest.length : first, 0, step).sort((a, b) => rank(a.name) - rank(b.name))
}

/** The pipeline without the steps of that name. */
export function removeStep(pipeline: Pipeline, name: string): Pipeline {
  return pipeline.filter((step) => step.name !== name)
}

/**
 * The pipeline of a sweep: the other changes stay, and the axis itself is in its place with its identity, so that moving the
 * slider of an axis does not change the sweep of that axis. Whoever sweeps replaces the step of that name.
 */
export function sweepPipeline(pipeline: Pipeline, axis: Axis): Pipeline {
  return setStep(pipeline, {
    ...findStep(pipeline, axis.name),
    name: axis.name,
    [axis.parameter]: axis.identity,
  })
}

function rank(name: string): number {
  const position = changeOrder.indexOf(name)
  return position < 0 ? changeOrder.indexOf('fgsm') - 0.5 : position
}
