import type { SelectionClause, ViewName } from '@vatun/core'
import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { VatunElement } from './vatun-element.js'

const titles: Record<ViewName, string> = {
  embedding: 'Embedding',
  testing: 'Testing',
  network: 'Network',
  simulation: 'Simulation',
}

/**
 * What restricts a view, one chip a clause: `12 selected in Embedding ✕`; the view's own clause without the view's name.
 *
 * @element vatun-selection-chips
 */
export class VatunSelectionChips extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: contents;
      }
    `,
  ]

  /** The view that shows the chips. */
  @property() view: ViewName = 'embedding'

  readonly #selection = this.observe((session) => session.pick('selection'))

  protected override render() {
    const clauses = this.#selection.value ?? []
    if (clauses.length === 0) return nothing
    return clauses.map(
      (clause) => html`<vatun-chip
        data-source=${clause.source}
        label=${this.#label(clause)}
        @vatun-remove=${() => this.session?.clearSelection(clause.source)}
      ></vatun-chip>`,
    )
  }

  #label(clause: SelectionClause): string {
    return clause.source === this.view ? clause.label : `${clause.label} in ${titles[clause.source]}`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-selection-chips': VatunSelectionChips
  }
}
