import type { Axis } from '@vatun/core'
import { defaultAxes } from '../default-axes.js'

const fgsm = defaultAxes.find(({ name }) => name === 'fgsm')!

/**
 * Attacks over epsilon (L∞), and their control: axes for sweeps and simulations beside those of the catalogue. An iterated attack costs as many
 * gradients as it has iterations at every degree, and at each the attack starts anew.
 */
export const attackAxes: readonly Axis[] = [
  fgsm,
  { ...fgsm, name: 'bim', label: 'BIM' },
  { ...fgsm, name: 'pgd', label: 'PGD' },
  { ...fgsm, name: 'controlNoise', label: 'Random noise (control)' },
]
