import type { ViewName } from '@vatun/core'

/** Shares of the first panel: of the height, of the width of the upper row, of the width of the lower row. */
export interface Layout {
  readonly row: number
  readonly top: number
  readonly bottom: number
}

/** Dividers that a person can move. */
export type Divider = keyof Layout

/** What a fresh workbench looks like. */
export const initialLayout: Layout = { row: 0.52, top: 0.42, bottom: 0.46 }

/** The views in reading order: upper row, lower row. */
export const viewNames: readonly ViewName[] = ['embedding', 'testing', 'network', 'simulation']

/** Titles of the views, for tabs and separators. */
export const viewTitles: Readonly<Record<ViewName, string>> = {
  embedding: 'Embedding',
  testing: 'Testing',
  network: 'Network',
  simulation: 'Simulation',
}

/** Moves one divider; no panel gets less than 15 % of its row or column. */
export function moveDivider(layout: Layout, divider: Divider, share: number): Layout {
  const bounded = Math.min(0.85, Math.max(0.15, share))
  return Number.isFinite(bounded) ? { ...layout, [divider]: bounded } : layout
}
