import type { ViewName } from '@vatun/core'
import { html } from 'lit'
import { viewNames, viewTitles } from './layout.js'

/** Tabs that show one view at a time; arrow keys move between them. */
export function viewTabs(tab: ViewName, choose: (view: ViewName) => void) {
  const key = (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    if (!step) return
    event.preventDefault()
    const next = viewNames[(viewNames.indexOf(tab) + step + viewNames.length) % viewNames.length]!
    choose(next)
    const list = event.currentTarget as Element
    list.querySelector<HTMLElement>(`[data-tab=${next}]`)?.focus()
  }
  return html`<div class="tabs" role="tablist" aria-label="Views" @keydown=${key}>
    ${viewNames.map(
      (view) => html`<button
        role="tab"
        id="tab-${view}"
        data-tab=${view}
        aria-selected=${tab === view}
        aria-controls="panel-${view}"
        tabindex=${tab === view ? 0 : -1}
        @click=${() => choose(view)}
      >
        ${viewTitles[view]}
      </button>`,
    )}
  </div>`
}
