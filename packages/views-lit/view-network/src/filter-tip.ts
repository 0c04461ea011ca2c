import { type FilterRef, filterLabel, type NetworkLayer } from '@vatun/core'
import { formatCount } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** A filter with what is known of it. */
export interface ShownFilter {
  readonly ref: FilterRef
  /** Activation for the selected images; undefined where nothing is selected. */
  readonly value: number | undefined
  /** Activation over all images. */
  readonly usual: number | undefined
}

/** What a layer's name tells where the pointer is on it. @param alone Whether it is shown alone. */
export function layerTip({ name, filters }: NetworkLayer, alone: boolean) {
  return html`<table class="small">
    <caption>${name}</caption>
    <tr><td class="muted">${formatCount(filters)} filters, click to ${alone ? 'see all layers' : 'see only these'}</td></tr>
  </table>`
}

/** What a dot tells where the pointer is on it. */
export function filterTip(shown: ShownFilter | null) {
  if (!shown) return nothing
  const { ref, value, usual } = shown
  return html`<table class="small">
    <caption>${ref.layer} · filter ${ref.filter}</caption>
    ${value === undefined ? nothing : html`<tr><td>activation</td><td>${value.toPrecision(3)}</td></tr>`}
    ${usual === undefined ? nothing : html`<tr><td class="muted">over all images</td><td>${usual.toPrecision(3)}</td></tr>`}
  </table>`
}

/** The same for screen readers. */
export function filterInWords(shown: ShownFilter | null): string {
  if (!shown) return ''
  const { ref, value, usual } = shown
  const own = value === undefined ? '' : `activation ${value.toPrecision(3)}, `
  return `${filterLabel(ref)}${usual === undefined ? '' : `: ${own}over all images ${usual.toPrecision(3)}`}`
}
