import type { Loadable } from '@vatun/core'
import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { formatCount } from './format.js'
import { VatunElement } from './vatun-element.js'

/**
 * How far a result is, in its four forms: what will be here (waiting), a skeleton with progress (running, nothing to draw yet),
 * one line `640 of 1,000 images` (running, refining), one sentence with a way out (failed). Ready takes no space.
 *
 * @element vatun-state
 * @fires vatun-retry - When the person asks to try again; only with the attribute `retry`.
 * @csspart retry - Asks again.
 * @slot skeleton - Replaces the grey block that stands for the result while it is loading.
 */
export class VatunState extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
      }
      :host([status='ready']) {
        display: none;
      }
      :host([status='waiting']),
      :host([status='loading']),
      :host([status='failed']) {
        height: 100%;
        min-height: 48px;
      }
      .center {
        display: flex;
        flex-direction: column;
        align-items: center;
        justify-content: center;
        gap: 8px;
        height: 100%;
        padding: 12px;
        text-align: center;
        text-wrap: balance;
      }
      .loading {
        position: relative;
        height: 100%;
        padding: 12px;
      }
      .block {
        height: 100%;
        border-radius: var(--_radius);
        background: var(--_sunken);
      }
      .loading .over {
        position: absolute;
        inset: 0;
      }
      details {
        max-width: 100%;
        font-size: var(--_small);
      }
      pre {
        margin: 4px 0 0;
        white-space: pre-wrap;
        text-align: left;
      }
      .error {
        overflow-wrap: anywhere;
        color: var(--_error);
      }
    `,
  ]

  /** The result on its way; undefined counts as waiting. */
  @property({ attribute: false }) of: Loadable<unknown> | undefined
  /** What will be here and what to do for it. */
  @property() empty = 'Nothing here yet.'
  /** What is being made, for the progress line: `Embedding`. */
  @property() label = ''
  @property({ type: Boolean }) retry = false

  protected override willUpdate(): void {
    this.setAttribute('status', this.#status)
  }

  get #status(): 'waiting' | 'loading' | 'partial' | 'ready' | 'failed' {
    const of = this.of
    if (!of || of.status === 'waiting') return 'waiting'
    if (of.status === 'running') return of.value === undefined ? 'loading' : 'partial'
    return of.status
  }

  protected override render() {
    const of = this.of
    if (!of || of.status === 'waiting') return html`<div class="center muted">${this.empty}</div>`
    if (of.status === 'ready') return nothing
    if (of.status === 'failed')
      return html`<div class="center" role="alert">
        <span class="error">${of.error.message}</span>
        ${this.retry ? html`<button part="retry" @click=${this.#retry}>Try again</button>` : nothing}
        ${
          Object.keys(of.error.details).length > 0
            ? html`<details><summary>Details</summary><pre>${JSON.stringify(of.error.details, null, 1)}</pre></details>`
            : nothing
        }
      </div>`
    const { done, total, unit } = of.progress
    const text = `${formatCount(done)} of ${formatCount(total)} ${unit}`
    if (of.value !== undefined) return html`<span class="small muted" role="status">${text}</span>`
    return html`<div class="loading" aria-busy="true">
      <slot name="skeleton"><div class="block"></div></slot>
      <div class="over center">
        <vatun-progress share=${total > 0 ? done / total : 0} label=${this.label || text}></vatun-progress>
        ${this.label ? html`<span class="small muted">${text}</span>` : nothing}
      </div>
    </div>`
  }

  readonly #retry = (): void => {
    this.dispatchEvent(new CustomEvent('vatun-retry', { bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-state': VatunState
  }
}
