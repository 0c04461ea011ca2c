import type { Augmentation } from '../augmentation.js'
import { bimAugmentation } from './bim.js'
import { controlNoiseAugmentation } from './control-noise.js'
import { fgsmAugmentation } from './fgsm.js'
import { pgdAugmentation } from './pgd.js'

/** Attacks and their control, as pipelines name them. */
export const attacks: readonly Augmentation[] = [
  fgsmAugmentation,
  bimAugmentation,
  pgdAugmentation,
  controlNoiseAugmentation,
]
