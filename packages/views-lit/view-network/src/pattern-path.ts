import { type ClassifierInfo, type FilterRef, filterLabel } from '@vatun/core'
import { layerLabel } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** Filters of a path that are shown in a row that is not chosen. */
const longestPath = 3

/** What the path of a pattern needs to know and do. */
export interface PatternPath {
  readonly model: Pick<ClassifierInfo, 'layers'> | undefined
  /** Shows all filters. */
  readonly whole: boolean
  /** The filter whose images are shown. */
  readonly chosen: FilterRef | null
  readonly choose: (event: Event, filter: FilterRef) => void
}

/** The filters of a pattern in order; of a long path only both ends, unless it is shown whole. */
export function patternPath(items: readonly FilterRef[], { model, whole, chosen, choose }: PatternPath) {
  const left = whole || items.length <= longestPath ? 0 : items.length - longestPath + 1
  const shown = left > 0 ? [items[0]!, ...items.slice(left + 1)] : items
  const full = items.map((item) => `${item.layer}·${item.filter}`).join(' → ')
  return shown.map((item, i) => {
    const skipped = left > 0 && i === 1
    const isChosen = chosen?.layer === item.layer && chosen.filter === item.filter
    return html`${i > 0 ? html`<span class="muted" title=${skipped ? full : nothing}> → ${skipped ? html`… (${left} more) → ` : nothing}</span>` : nothing}<button
        class="link ${isChosen ? 'chosen' : ''}"
        title="Images that activate ${filterLabel(item)} most"
        @click=${(event: Event) => choose(event, item)}
        >${model ? layerLabel(model, item.layer) : item.layer}·${item.filter}</button
      >`
  })
}
