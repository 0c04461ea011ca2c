import { classMatcher } from './class-names.js'
import { manyClasses } from './class-rows.js'
import type { SimulationViewState } from './simulation-view.js'

/** True classes in the order of display. */
export interface SimulationRows {
  readonly classes: readonly number[]
  /** Classes that are left out because they have no images. */
  readonly without: number
}

/**
 * Rows in order of display: as the classes are numbered, or the one that the column takes most from first. Of many classes those with images only.
 * @param query Keeps the classes that somebody searches for.
 */
export function simulationRows(
  state: SimulationViewState,
  order: 'class' | 'most affected',
  query = '',
): SimulationRows {
  const { classImages, fullNames } = state
  const found = [...fullNames.keys()].filter(classMatcher(query, fullNames))
  const whole = fullNames.length <= manyClasses || classImages === null
  const classes = whole ? found : found.filter((c) => classImages[c]! > 0)
  return { classes: sortRows(classes, state, order), without: found.length - classes.length }
}

function sortRows(
  classes: readonly number[],
  state: SimulationViewState,
  order: 'class' | 'most affected',
): readonly number[] {
  const effects = state.columns[state.focus]?.effect?.classes
  if (order === 'class' || !effects) return classes
  const drop = (trueClass: number): number => {
    const value = effects[trueClass]?.drop ?? Number.NaN
    return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value
  }
  return [...classes].sort((a, b) => drop(b) - drop(a) || a - b)
}
