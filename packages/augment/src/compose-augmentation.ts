import * as tf from '@tensorflow/tfjs-core'
import type { AugmentationStep, Axis, Pipeline } from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import { applyStep } from './apply-step.js'
import type { Augmentation } from './augmentation.js'
import type { Registry } from './create-registry.js'
import { trust } from './guard.js'
import { readPipeline } from './pipeline.js'
import { readValues } from './read-values.js'

/**
 * One augmentation of several steps that grow together: at a strength between 0 (nothing) and 1 (the steps as they are written) the magnitude of
 * each step, as its axis has it, lies that share of the way from its identity. Other parameters stay as they are; a step without a
 * magnitude, such as a flip, is done at every strength above 0. Whole numbers are rounded.
 *
 * @param registry Knows the steps, and their axes.
 * @throws VatunError as `readPipeline`.
 */
export function composeAugmentation(name: string, label: string, pipeline: Pipeline, registry: Registry): Augmentation {
  const steps = readPipeline(pipeline, registry)
  const parts = steps.map((step) => ({
    step,
    augmentation: registry.find(step.name),
    axis: registry.axes.find((axis) => axis.name === step.name),
  }))
  const at = (strength: unknown) =>
    parts.map(({ step, augmentation, axis }) => (axis ? growStep(step, augmentation, axis, Number(strength)) : step))
  const channels = commonChannels(parts.map(({ augmentation }) => augmentation.channels))
  const stepwise = parts.some(({ augmentation }) => augmentation.applyStepwise)
  const composed: Augmentation = {
    name,
    label,
    parameters: [{ kind: 'number', name: 'strength', label: 'Strength', unit: '', min: 0, max: 1 }],
    axis: {
      ...{ name, label, parameter: 'strength', unit: '', min: 0, max: 1, step: 0.01, identity: 0 },
      degrees: [0, 0.25, 0.5, 0.75, 1],
    },
    revision: JSON.stringify([steps, ...parts.map(({ augmentation }) => augmentation.revision ?? '')]),
    needsClassifier: parts.some(({ augmentation }) => augmentation.needsClassifier),
    ...(channels && { channels }),
    apply: (images, { strength }, context) =>
      strength === 0 ? tf.clone(images) : applyPipeline(images, at(strength), { ...context, registry }),
    ...(stepwise && {
      async applyStepwise(images, { strength }, context, signal) {
        let changed = tf.clone(images)
        if (strength === 0) return changed
        try {
          for (const step of at(strength)) {
            const next = await applyStep(registry.find(step.name), changed, step, { ...context, registry }, signal)
            changed.dispose()
            changed = next
          }
          return changed
        } catch (error) {
          changed.dispose()
          throw error
        }
      },
    }),
  }
  trust([composed])
  return composed
}

/** What all take: the numbers of channels that are on every list; no list is any number. */
function commonChannels(lists: readonly Augmentation['channels'][]): Augmentation['channels'] {
  const given = lists.filter((list) => list !== undefined)
  return given[0]?.filter((channels) => given.every((list) => list.includes(channels)))
}

function growStep(step: AugmentationStep, augmentation: Augmentation, axis: Axis, strength: number): AugmentationStep {
  const full = readValues(augmentation, step)[axis.parameter]
  if (typeof full !== 'number' || strength === 1) return step
  const value = axis.identity + strength * (full - axis.identity)
  const whole = augmentation.parameters.some(({ kind, name }) => name === axis.parameter && kind === 'integer')
  return { ...step, [axis.parameter]: whole ? Math.round(value) : value }
}
