import type * as tf from '@tensorflow/tfjs-core'
import { type AugmentationStep, type Pipeline, VatunError } from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import type { Augmentation, AugmentationContext, Parameter } from './augmentation.js'
import type { Registry } from './create-registry.js'
import { builtIn, readValues } from './registry.js'

/** What a step does, once its parameters are read. */
export interface AppliedStep {
  readonly name: string
  /** For people: `Rotation`. */
  readonly label: string
  /** Every parameter with the value that is applied, defaults filled in; optional ones without a value are absent. */
  readonly values: Readonly<Record<string, unknown>>
  /** For people: `Rotation: angle 30°, border fill, fill 0`. */
  readonly text: string
  /** See {@link Augmentation.note}. */
  readonly note?: string
}

/** Steps that are checked, as one function. `JSON.stringify` gives the steps; {@link readPipeline} takes them back. */
export interface ComposedPipeline {
  /** See {@link applyPipeline}. */
  (images: tf.Tensor4D, context?: Omit<AugmentationContext, 'registry'>): tf.Tensor4D
  readonly steps: Pipeline
  /** What it does, step by step. */
  describe(): readonly AppliedStep[]
  toJSON(): Pipeline
}

/**
 * Composes steps into one change of images.
 * @throws VatunError `not-found` for an unknown step, `bad-input` for its parameters.
 */
export function pipeline(steps: Pipeline, registry: Registry = builtIn): ComposedPipeline {
  const checked = readPipeline(steps, registry)
  return Object.assign(
    (images: tf.Tensor4D, context: Omit<AugmentationContext, 'registry'> = {}) =>
      applyPipeline(images, checked, { ...context, registry }),
    { steps: checked, describe: () => describePipeline(checked, registry), toJSON: () => checked },
  )
}

/**
 * Reads a pipeline from JSON: text, or what `JSON.parse` made of it.
 *
 * @returns The same steps, checked, as plain data; defaults are not written into them.
 * @throws VatunError `bad-input` for what is no list of steps and for wrong parameters, `not-found` for an unknown step; both name the
 * step's place.
 */
export function readPipeline(json: unknown, registry: Registry = builtIn): Pipeline {
  const steps = typeof json === 'string' ? parse(json) : json
  if (!Array.isArray(steps))
    throw new VatunError('bad-input', 'readPipeline: this is no list, expected [{ name, … }, …]')
  return steps.map((step: unknown, position) => {
    if (!isStep(step))
      throw new VatunError('bad-input', `readPipeline: step ${position} has no name, expected { name, … }`)
    readValues(registry.find(step.name), step)
    return structuredClone(step)
  })
}

/** What the steps do, with the values that are applied. @throws VatunError as {@link readPipeline} */
export function describePipeline(steps: Pipeline, registry: Registry = builtIn): readonly AppliedStep[] {
  return steps.map((step) => describeStep(registry.find(step.name), step))
}

function describeStep(augmentation: Augmentation, step: AugmentationStep): AppliedStep {
  const { name, label, note, parameters } = augmentation
  const all = readValues(augmentation, step)
  const given = parameters.filter((parameter) => all[parameter.name] !== undefined)
  const words = given.map((parameter) => `${parameter.label.toLowerCase()} ${show(parameter, all[parameter.name])}`)
  return {
    name,
    label,
    values: Object.fromEntries(given.map((parameter) => [parameter.name, all[parameter.name]])),
    text: words.length > 0 ? `${label}: ${words.join(', ')}` : label,
    ...(note === undefined ? {} : { note }),
  }
}

function show(parameter: Parameter, value: unknown): string {
  if (parameter.kind === 'positions') return `${(value as readonly number[]).length} in all`
  if (typeof value !== 'number') return Array.isArray(value) ? value.join(' ') : String(value)
  const unit = 'unit' in parameter ? parameter.unit : ''
  return `${Number(value.toPrecision(4))}${unit.length > 1 ? ' ' : ''}${unit}`
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new VatunError('bad-input', 'readPipeline: the text is not JSON, expected a list of steps', { cause })
  }
}

function isStep(step: unknown): step is AugmentationStep {
  return typeof step === 'object' && step !== null && 'name' in step && typeof step.name === 'string'
}
