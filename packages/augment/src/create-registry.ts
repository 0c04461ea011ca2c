import { type Axis, perhaps, VatunError } from '@vatun/core'
import type { Augmentation } from './augmentation.js'
import { allAxes } from './axes.js'
import { checkDefinition } from './check-definition.js'
import { guard } from './guard.js'

/** The changes that the steps of a pipeline can name. Immutable: add your own by making a new one. */
export interface Registry {
  readonly augmentations: readonly Augmentation[]
  /** What sliders, sweeps and simulations offer, in the order of display: changes among them that have one magnitude. */
  readonly axes: readonly Axis[]
  /** @throws VatunError `not-found`, listing the names there are. */
  find(name: string): Augmentation
}

/**
 * A registry of these augmentations, say `createRegistry([...augmentations, mine])`. Hand it over as `registry` to `applyPipeline`, sweeps,
 * simulations and tests; its `axes` are what a page can offer. What is not built in is looked at whenever it is applied: a wrong shape or a
 * value outside [0, 1] is an error that names it.
 *
 * @param axes Default: those of all augmentations. See `chooseAxes`.
 * @throws VatunError `bad-input` for a name that occurs twice (case does not count), a definition that lacks something, and for an axis that does not fit its
 * augmentation.
 */
export function createRegistry(augmentations: readonly Augmentation[], axes?: readonly Axis[]): Registry {
  const byName = new Map<string, Augmentation>()
  const lowerCase = new Map<string, string>()
  for (const augmentation of augmentations) {
    checkDefinition(augmentation, 'createRegistry')
    const { name } = augmentation
    const other = lowerCase.get(name.toLowerCase())
    if (other !== undefined)
      throw new VatunError(
        'bad-input',
        other === name
          ? `createRegistry: two augmentations named "${name}", expected one`
          : `createRegistry: "${name}" and "${other}" have the same files where case does not count, rename one`,
      )
    lowerCase.set(name.toLowerCase(), name)
    byName.set(name, guard(augmentation))
  }
  return {
    augmentations: [...byName.values()],
    axes: axes ?? axesOf([...byName.values()]),
    find(name) {
      const found = byName.get(name)
      if (found) return found
      const names = [...byName.keys()]
      throw new VatunError(
        'not-found',
        `augment: no augmentation "${name}"${perhaps(name, names)}, expected one of ${names.join(', ')}`,
        { details: { name, names } },
      )
    },
  }
}

/** Axes of augmentations in the order of display: those of the catalogue first. */
function axesOf(augmentations: readonly Augmentation[]): readonly Axis[] {
  const catalogued = new Set(augmentations.filter(({ axis }) => !axis).map(({ name }) => name))
  return [...allAxes.filter(({ name }) => catalogued.has(name)), ...augmentations.flatMap(({ axis }) => axis ?? [])]
}
