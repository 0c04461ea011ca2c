import { html } from 'lit'

/** Panels under the large chart. */
export const cellPanels = [
  { name: 'summary', label: 'Summary' },
  { name: 'flips', label: 'Flips' },
  { name: 'images', label: 'Images' },
  { name: 'breaking', label: 'Breaking' },
] as const

export type CellPanel = (typeof cellPanels)[number]['name']

/** A row of tabs; arrows, Home and End move between them, Tab leaves. Its panel has the id `panel` and is labelled by `tab-NAME`. */
export function panelTabs(shown: CellPanel, show: (panel: CellPanel) => void) {
  const onKey = (event: KeyboardEvent): void => {
    const at = cellPanels.findIndex(({ name }) => name === shown)
    const targets: Record<string, number> = {
      ArrowLeft: at - 1,
      ArrowRight: at + 1,
      Home: 0,
      End: cellPanels.length - 1,
    }
    const target = targets[event.key]
    if (target === undefined) return
    event.preventDefault()
    const { name } = cellPanels.at(target % cellPanels.length)!
    const list = event.currentTarget as HTMLElement
    list.querySelector<HTMLElement>(`#tab-${name}`)?.focus()
    show(name)
  }
  return html`<div class="segmented tabs" part="tabs" role="tablist" aria-label="More about this cell" @keydown=${onKey}>
    ${cellPanels.map(
      ({ name, label }) => html`<button
        id="tab-${name}"
        role="tab"
        aria-selected=${name === shown}
        aria-controls="panel"
        tabindex=${name === shown ? 0 : -1}
        @click=${() => show(name)}
      >${label}</button>`,
    )}
  </div>`
}
