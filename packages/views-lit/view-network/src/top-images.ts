import { type FilterRef, type Loadable, type TopImagesResult, valueSoFar } from '@vatun/core'
import { ElementSize, VatunElement } from '@vatun/view-kit'
import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'

/**
 * The images that activate one filter most, strongest first, as many as fit. Part of `vatun-network`.
 *
 * @element vatun-top-images
 * @fires {CustomEvent<{index: number}>} vatun-image - When the person chooses one image.
 * @fires {CustomEvent<{indices: number[]}>} vatun-images - When the person chooses all that are shown.
 * @fires vatun-close - When the person is done with the filter.
 * @fires vatun-retry - When the person asks again for what has failed.
 * @csspart select-all - Selects all images that are shown.
 * @csspart close - Closes the strip.
 * @csspart retry - Asks again.
 * @csspart image - One image with its activation.
 */
export class VatunTopImages extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        height: 88px;
        padding-top: 4px;
        border-top: 1px solid var(--_line);
        overflow: hidden;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 8px;
        height: 24px;
        white-space: nowrap;
      }
      .line strong {
        font-weight: 600;
      }
      .line .rest {
        flex: 1;
        min-width: 0;
        overflow: hidden;
        text-overflow: ellipsis;
      }
      .images {
        display: flex;
        gap: 2px;
        height: 58px;
      }
      .failed {
        display: flex;
        align-items: center;
        gap: 8px;
      }
      .error {
        color: var(--_error);
      }
      figure {
        margin: 0;
        text-align: center;
      }
      figcaption {
        font-size: var(--_small);
        line-height: 14px;
      }
    `,
  ]

  @property({ attribute: false }) filter: FilterRef | null = null
  @property({ attribute: false }) images: Loadable<TopImagesResult> | null = null
  /** Selected data set indices. */
  @property({ attribute: false }) selected: readonly number[] = []
  /** Behind the name: activation and what is usual. */
  @property() note = ''
  readonly #size = new ElementSize(this)

  protected override render() {
    if (!this.filter) return nothing
    const value = this.images && valueSoFar(this.images)
    const shown = value ? [...value.indices].slice(0, Math.max(1, Math.floor((this.#size.width + 2) / 40))) : []
    return html`<div class="line">
        <strong>${this.filter.layer} · ${this.filter.filter}</strong>
        <span class="rest small muted" title=${this.note}>${this.note}</span>
        ${
          shown.length > 0
            ? html`<button class="link" part="select-all" @click=${() => this.#emit('vatun-images', { indices: shown })}>select ${shown.length}</button>`
            : nothing
        }
        <button class="icon" part="close" aria-label="Close the images of this filter" title="Close" @click=${() => this.#emit('vatun-close')}>✕</button>
      </div>
      ${
        value
          ? html`<div class="images" role="list" aria-label="Images that activate this filter most">
            ${shown.map(
              (index, i) => html`<figure part="image" role="listitem" data-image=${index}>
                <vatun-thumbnail size="32" interactive index=${index} .session=${this.session}
                  ?selected=${this.selected.includes(index)}
                  @click=${() => this.#emit('vatun-image', { index })}></vatun-thumbnail>
                <figcaption>${value.activations[i]!.toPrecision(2)}</figcaption>
              </figure>`,
            )}
          </div>`
          : this.images
            ? this.#waiting(this.images)
            : html`<span class="muted">Which images activate it most is not known here.</span>`
      }`
  }

  #waiting(images: Loadable<TopImagesResult>) {
    if (images.status !== 'failed') return html`<vatun-state .of=${images} label="Top images"></vatun-state>`
    return html`<div class="failed" role="alert">
      <span class="error small">${images.error.message}</span>
      <button part="retry" @click=${() => this.#emit('vatun-retry')}>Try again</button>
    </div>`
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-top-images': VatunTopImages
  }
}
