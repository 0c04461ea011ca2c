import { css, html, type PropertyValues } from 'lit'
import { property } from 'lit/decorators.js'
import { VatunElement } from './vatun-element.js'

/**
 * A small box near the pointer, above everything else and always inside the window. Not for content that can be clicked.
 *
 * @element vatun-tooltip
 * @slot - The content.
 */
export class VatunTooltip extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        position: fixed;
        inset: auto;
        margin: 0;
        padding: 8px;
        border: 1px solid var(--_line-strong);
        border-radius: var(--_radius);
        background: var(--_raised);
        width: max-content;
        max-width: 320px;
        overflow: hidden;
        pointer-events: none;
      }
    `,
  ]

  /** Point in client coordinates; null hides the box. */
  @property({ attribute: false }) at: { readonly x: number; readonly y: number } | null = null

  override connectedCallback(): void {
    super.connectedCallback()
    this.setAttribute('popover', 'manual')
    this.setAttribute('role', 'tooltip')
  }

  protected override render() {
    return html`<slot></slot>`
  }

  protected override updated(_changed: PropertyValues): void {
    if (!this.at) {
      if (this.matches(':popover-open')) this.hidePopover()
      return
    }
    if (!this.matches(':popover-open')) this.showPopover()
    const { width, height } = this.getBoundingClientRect()
    const gap = 12
    const x = this.at.x + gap + width > innerWidth ? this.at.x - gap - width : this.at.x + gap
    const y = this.at.y + gap + height > innerHeight ? this.at.y - gap - height : this.at.y + gap
    this.style.left = `${Math.max(4, x)}px`
    this.style.top = `${Math.max(4, y)}px`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-tooltip': VatunTooltip
  }
}
