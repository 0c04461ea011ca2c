import type { FilterRef } from '@vatun/core'

/** Detail of `vatun-filter`. */
export interface FilterDetail {
  readonly filter: FilterRef
}

/** Detail of `vatun-layer`. */
export interface LayerDetail {
  /** Null for all layers. */
  readonly layer: string | null
}

declare global {
  interface HTMLElementEventMap {
    'vatun-filter': CustomEvent<FilterDetail>
    'vatun-layer': CustomEvent<LayerDetail>
  }
}
