import { attacks } from './attacks/attacks.js'
import type { Augmentation } from './augmentation.js'
import { blurAugmentation } from './augmentations/blur.js'
import { brightnessAugmentation, brightnessFactorAugmentation } from './augmentations/brightness.js'
import { flipHorizontalAugmentation, flipVerticalAugmentation } from './augmentations/flip.js'
import { hueAugmentation } from './augmentations/hue.js'
import { removeRegionAugmentation } from './augmentations/remove-region.js'
import { rotationAugmentation } from './augmentations/rotation.js'
import { createRegistry, type Registry } from './create-registry.js'

/** Every change that a pipeline can name. */
export const augmentations: readonly Augmentation[] = [
  hueAugmentation,
  brightnessAugmentation,
  brightnessFactorAugmentation,
  rotationAugmentation,
  flipHorizontalAugmentation,
  flipVerticalAugmentation,
  blurAugmentation,
  removeRegionAugmentation,
  ...attacks,
]

/** The names that pipelines know unless told otherwise. */
export const builtIn: Registry = createRegistry(augmentations)

/** The augmentation of that name. @throws VatunError `not-found`, listing the names there are. */
export function findAugmentation(name: string, registry: Registry = builtIn): Augmentation {
  return registry.find(name)
}

export { readValues } from './read-values.js'
