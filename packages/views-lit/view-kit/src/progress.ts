import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { formatTimeLeft } from './format.js'
import { VatunElement } from './vatun-element.js'

/**
 * A running task on one line: bar, label, share and time left.
 *
 * @element vatun-progress
 */
export class VatunProgress extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: inline-flex;
        align-items: center;
        gap: 8px;
        min-width: 0;
        font-size: var(--_small);
      }
      .track {
        flex: 0 0 64px;
        height: 4px;
        border-radius: 2px;
        background: var(--_line);
        overflow: hidden;
      }
      .bar {
        height: 100%;
        background: var(--_accent);
      }
      .text {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ]

  /** 0…1. */
  @property({ type: Number }) share = 0
  @property() label = ''
  @property({ type: Number, attribute: 'seconds-left' }) secondsLeft: number | null = null

  protected override render() {
    const share = Math.min(1, Math.max(0, this.share || 0))
    const left = formatTimeLeft(this.secondsLeft)
    return html`<div
        class="track"
        role="progressbar"
        aria-label=${this.label || 'Progress'}
        aria-valuemin="0"
        aria-valuemax="100"
        aria-valuenow=${Math.floor(100 * share)}
      >
        <div class="bar" style="width:${100 * share}%"></div>
      </div>
      <span class="text">${this.label} ${Math.floor(100 * share)} %${left ? html` <span class="muted">· ${left}</span>` : nothing}</span>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-progress': VatunProgress
  }
}
