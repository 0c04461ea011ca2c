import type { Registry } from '@vatun/augment'
import { type Axis, type Pipeline, perhaps, VatunError } from '@vatun/core'

/** How much accuracy has to be left. At least one of the two; with both, both hold. */
export interface Bound {
  /** Least share of images predicted as labelled, 0…1. */
  readonly minAccuracy?: number
  /** How far the accuracy may lie below that on the unchanged images, 0…1. */
  readonly maxDrop?: number
}

/** A change with one magnitude: the bound has to hold at every degree. */
export interface AxisRequirement extends Bound {
  /** Name of an axis of the registry (`rotation`, `corruption-fog`, `pgd`, one of your own), or an axis. */
  readonly axis: string | Axis
  /** Magnitudes to test; by default those of the axis. */
  readonly degrees?: readonly number[]
}

/** A fixed change. */
export interface PipelineRequirement extends Bound {
  readonly pipeline: Pipeline
}

/** What a model has to withstand. */
export type Requirement = AxisRequirement | PipelineRequirement

/** @throws VatunError `bad-input` when no bound is given or one is not a share */
export function checkBound({ minAccuracy, maxDrop }: Bound): void {
  if (minAccuracy === undefined && maxDrop === undefined)
    throw new VatunError('bad-input', 'checkRobustness: nothing is required, give minAccuracy or maxDrop')
  for (const [name, value] of Object.entries({ minAccuracy, maxDrop }))
    if (value !== undefined && !(value >= 0 && value <= 1))
      throw new VatunError('bad-input', `checkRobustness: ${name} is ${value}, expected a share from 0 to 1`)
}

/** The axis that a requirement means, with its degrees. @throws VatunError `not-found`, telling the nearest there is. */
export function resolveAxis({ axis, degrees }: AxisRequirement, registry: Registry): Axis {
  const found = typeof axis === 'string' ? registry.axes.find((a) => a.name === axis) : axis
  if (!found) {
    const names = registry.axes.map((a) => a.name)
    throw new VatunError(
      'not-found',
      `checkRobustness: no axis "${String(axis)}"${perhaps(String(axis), names)}, expected one of ${names.join(', ')}`,
    )
  }
  return degrees ? { ...found, degrees } : found
}

/** The least accuracy that satisfies the bound. */
export function leastAccuracy({ minAccuracy = 0, maxDrop = 1 }: Bound, unchanged: number): number {
  return Math.max(minAccuracy, unchanged - maxDrop)
}

/** The bound in words: `at least 80.0 %`. */
export function describeBound({ minAccuracy, maxDrop }: Bound): string {
  const parts = []
  if (minAccuracy !== undefined) parts.push(`at least ${percent(minAccuracy)}`)
  if (maxDrop !== undefined)
    parts.push(`at most ${(100 * maxDrop).toFixed(1)} percentage points below the unchanged images`)
  return parts.join(' and ')
}

/** `83.3 %` */
export function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
