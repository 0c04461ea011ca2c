import { classLabels, valueSoFar } from '@vatun/core'
import { css, html, nothing } from 'lit'
import { property } from 'lit/decorators.js'
import { styleMap } from 'lit/directives/style-map.js'
import { formatProbability } from './format.js'
import { predictionOf, tileOf } from './lookup.js'
import { VatunElement } from './vatun-element.js'

const none: readonly string[] = []

/**
 * One image of the analysis, cut from the sprite sheet and drawn with its pixels; a ring marks a wrong prediction. Hovering it
 * hovers the image in all views; what a click does is the business of the view around it.
 *
 * @element vatun-thumbnail
 * @csspart image - The picture.
 * @csspart caption - The true class, and on a second line `→` the predicted one where it differs.
 */
export class VatunThumbnail extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: inline-block;
        vertical-align: top;
        /* Nothing to draw again in another theme. */
        transition: none;
      }
      .frame {
        display: block;
        height: auto;
        padding: 2px;
        border: 1px solid transparent;
        border-radius: var(--_radius);
        background: none;
      }
      button.frame {
        cursor: pointer;
      }
      .frame.hovered,
      button.frame:hover {
        border-color: var(--_line-strong);
      }
      .frame.selected {
        border-color: var(--_accent);
        background: var(--_accent-soft);
      }
      .image {
        position: relative;
        margin: 0 auto;
        background-color: var(--_sunken);
        background-repeat: no-repeat;
      }
      .wrong {
        outline: 2px solid var(--_ink);
        outline-offset: 0;
        border-radius: 2px;
      }
      .caption {
        display: block;
        margin-top: 3px;
        overflow: hidden;
        font-size: var(--_small);
        line-height: 14px;
        text-align: center;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
    `,
  ]

  /** Data set index. */
  @property({ type: Number }) index: number | undefined
  /** Longer side in CSS pixels. */
  @property({ type: Number }) size = 32
  /** Shows true and predicted class under the image. */
  @property({ type: Boolean }) caption = false
  /** Can be clicked and reached by Tab. */
  @property({ type: Boolean }) interactive = false
  @property({ type: Boolean, reflect: true }) selected = false
  /** More to say about the image, behind what is known of it: `softmax falls to .05`. */
  @property() note = ''

  readonly #sprites = this.observe((session) => session.result('sprites'))
  readonly #predictions = this.observe((session) => session.result('predictions'))

  /** What a screen reader says, and the browser's tooltip. */
  get text(): string {
    const names = classLabels(this.session?.subject.model.classNames ?? none)
    const row = this.#row
    const note = this.note && `; ${this.note}`
    if (!row) return `image ${this.index}${note}`
    const verdict = row.label === row.predicted ? 'predicted right' : `predicted ${names[row.predicted]}`
    return `image ${this.index}: ${names[row.label]}, ${verdict}, confidence ${formatProbability(row.confidence)}${note}`
  }

  protected override render() {
    if (this.index === undefined) return nothing
    const row = this.#row
    const names = classLabels(this.session?.subject.model.classNames ?? none)
    const wrong = row !== undefined && row.label !== row.predicted
    const content = html`<div
        class="image ${wrong ? 'wrong' : ''}"
        part="image"
        style=${styleMap(this.#tile())}
      ></div>
      ${
        this.caption && row
          ? html`<span class="caption" part="caption" style="max-width:${this.size * 1.6}px"
              >${names[row.label]}${wrong ? html`<br />→ ${names[row.predicted]}` : nothing}</span
            >`
          : nothing
      }`
    const classes = `frame ${this.selected ? 'selected' : ''}`
    return this.interactive
      ? html`<button class=${classes} title=${this.text} aria-label=${this.text} aria-pressed=${this.selected}
          @pointerenter=${this.#enter} @pointerleave=${this.#leave} @focus=${this.#enter} @blur=${this.#leave}
        >${content}</button>`
      : html`<div class=${classes} role="img" title=${this.text} aria-label=${this.text}
          @pointerenter=${this.#enter} @pointerleave=${this.#leave}
        >${content}</div>`
  }

  get #row() {
    const loadable = this.#predictions.value
    return this.index === undefined ? undefined : predictionOf(loadable && valueSoFar(loadable), this.index)
  }

  #tile(): Record<string, string> {
    const loadable = this.#sprites.value
    const sheet = loadable && valueSoFar(loadable)
    const square = { width: `${this.size}px`, height: `${this.size}px` }
    if (!sheet) return square
    const scale = this.size / Math.max(sheet.tileWidth, sheet.tileHeight)
    const size = { width: `${sheet.tileWidth * scale}px`, height: `${sheet.tileHeight * scale}px` }
    const tile = tileOf(sheet, this.index!)
    if (!tile) return size
    return {
      ...size,
      // Pixels are to be seen where they are enlarged; leaving some out would tear a reduced picture.
      imageRendering: scale < 1 ? 'auto' : 'pixelated',
      backgroundImage: `url("${sheet.url}")`,
      backgroundPosition: `${-tile.x * scale}px ${-tile.y * scale}px`,
      backgroundSize: `${sheet.columns * sheet.tileWidth * scale}px ${sheet.rows * sheet.tileHeight * scale}px`,
    }
  }

  readonly #enter = (): void => this.session?.update({ hovered: this.index ?? null })
  readonly #leave = (): void => this.session?.update({ hovered: null })
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-thumbnail': VatunThumbnail
  }
}
