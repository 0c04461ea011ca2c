import type { ExplainResult, ImageBatch } from '@vatun/core'
import { ElementSize, VatunElement } from '@vatun/view-kit'
import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { explainedPixels, imagePixels } from './draw-image.js'

/**
 * One image with its pixels, and a heat map over it.
 *
 * @element vatun-testing-image
 */
export class VatunTestingImage extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        width: 100%;
        height: 100%;
      }
      canvas {
        display: block;
        width: 100%;
        height: 100%;
        image-rendering: pixelated;
        background: var(--_sunken);
      }
      canvas.reduced {
        image-rendering: auto;
      }
    `,
  ]

  /** The first image of the batch is drawn. */
  @property({ attribute: false }) image: ImageBatch | undefined
  @property({ attribute: false }) map: ExplainResult | undefined
  /** Value of the map that gets the upper end of the colour scale. */
  @property({ type: Number }) scale = 0
  /** Of the heat map, 0…1. */
  @property({ type: Number }) opacity = 0.6
  /** Text alternative. */
  @property() label = ''

  readonly #size = new ElementSize(this)

  protected override render() {
    const { image } = this
    if (!image) return nothing
    // Pixels are to be seen where they are enlarged; leaving some out would tear a reduced picture.
    const reduced = this.#size.width > 0 && this.#size.width * devicePixelRatio < image.width
    return html`<canvas class=${reduced ? 'reduced' : ''} width=${image.width} height=${image.height} role="img" aria-label=${this.label}></canvas>`
  }

  protected override updated(): void {
    const { image, map } = this
    const context = this.renderRoot.querySelector('canvas')?.getContext('2d')
    if (!image || !context) return
    const pixels = map ? explainedPixels(image, map, this.scale, this.opacity) : imagePixels(image)
    context.putImageData(new ImageData(pixels, image.width, image.height), 0, 0)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-testing-image': VatunTestingImage
  }
}
