import { css, html } from 'lit'
import { property } from 'lit/decorators.js'
import { VatunElement } from './vatun-element.js'

/**
 * A short label with a ✕.
 *
 * @element vatun-chip
 * @fires vatun-remove - When the ✕ is pressed.
 * @slot - Replaces the label.
 * @csspart chip - The box.
 * @csspart remove - The ✕.
 */
export class VatunChip extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: inline-flex;
        max-width: 100%;
      }
      .chip {
        display: inline-flex;
        align-items: center;
        min-width: 0;
        height: 20px;
        padding-left: 6px;
        border-radius: var(--_radius);
        background: var(--_accent-soft);
        font-size: var(--_small);
        white-space: nowrap;
      }
      .label {
        overflow: hidden;
        text-overflow: ellipsis;
      }
      button.icon {
        width: 20px;
        height: 20px;
        font-size: var(--_small);
      }
    `,
  ]

  @property() label = ''

  protected override render() {
    return html`<span class="chip" part="chip"
      ><span class="label" title=${this.label}><slot>${this.label}</slot></span
      ><button class="icon" part="remove" aria-label="Remove ${this.label}" title="Remove" @click=${this.#remove}>✕</button></span
    >`
  }

  readonly #remove = (event: Event): void => {
    event.stopPropagation()
    this.dispatchEvent(new CustomEvent('vatun-remove', { bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-chip': VatunChip
  }
}
