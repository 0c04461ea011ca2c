import { type Axis, VatunError } from '@vatun/core'
import type { Augmentation } from './augmentation.js'
import { allAxes } from './axes.js'

/** The changes that the steps of a pipeline can name. Immutable: add your own by making a new one. */
export interface Registry {
  readonly augmentations: readonly Augmentation[]
  /** The changes among them that have one magnitude. */
  readonly axes: readonly Axis[]
  /** @throws VatunError `not-found`, listing the names there are. */
  find(name: string): Augmentation
}

/**
 * A registry of these augmentations, say `createRegistry([...augmentations, mine])`. Hand it over as `registry` in the context of
 * `applyPipeline`, sweeps and simulations; its `axes` are what a page can offer.
 *
 * @throws VatunError `bad-input` for a name that occurs twice, and for an axis that does not fit its augmentation.
 */
export function createRegistry(augmentations: readonly Augmentation[]): Registry {
  const byName = new Map<string, Augmentation>()
  for (const augmentation of augmentations) {
    if (byName.has(augmentation.name))
      throw new VatunError('bad-input', `createRegistry: two augmentations named "${augmentation.name}", expected one`)
    checkAxis(augmentation)
    byName.set(augmentation.name, augmentation)
  }
  const own = augmentations.flatMap(({ axis }) => axis ?? [])
  const catalogued = allAxes.filter(({ name }) => byName.has(name) && !byName.get(name)?.axis)
  return {
    augmentations,
    axes: [...catalogued, ...own],
    find(name) {
      const found = byName.get(name)
      if (found) return found
      const names = [...byName.keys()]
      throw new VatunError('not-found', `augment: no augmentation "${name}", expected one of ${names.join(', ')}`, {
        details: { name, names },
      })
    },
  }
}

function checkAxis({ name, axis, parameters }: Augmentation): void {
  if (!axis) return
  const magnitude = parameters.find((parameter) => parameter.name === axis.parameter)
  if (axis.name !== name || (magnitude?.kind !== 'number' && magnitude?.kind !== 'integer'))
    throw new VatunError(
      'bad-input',
      `createRegistry: the axis of "${name}" moves ${axis.name}.${axis.parameter}, expected a number among its parameters`,
    )
}
