import {
  type ActivationsResult,
  type FilterRef,
  filterAt,
  filterLabel,
  filterPosition,
  type NetworkEmphasis,
  type NetworkLayer,
} from '@vatun/core'
import { ElementSize, fitCanvas, formatCount, VatunElement } from '@vatun/view-kit'
import { css, html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { type DotLayout, dotAt, dotCentre, layoutDots, moveDot } from './dot-layout.js'
import { drawDots } from './draw-dots.js'

/** Detail of `vatun-filter`. */
export interface FilterDetail {
  readonly filter: FilterRef
}

/**
 * Every filter of every layer as a dot on one canvas. Part of `vatun-network`.
 *
 * Keyboard: arrows move over the dots, Home and End to the ends of a layer, Page Up and Page Down between layers, Enter chooses.
 *
 * @element vatun-filter-map
 * @fires {CustomEvent<FilterDetail>} vatun-filter - When the person chooses a filter.
 * @csspart canvas - The drawing.
 */
export class VatunFilterMap extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        overflow: hidden auto;
        position: relative;
      }
      canvas {
        display: block;
        position: sticky;
        top: 0;
        color: var(--_ink);
        background-color: var(--_bg);
        caret-color: var(--_accent);
        border-color: var(--_muted);
        touch-action: pan-y;
      }
      canvas.over {
        cursor: pointer;
      }
      table {
        border-spacing: 0;
      }
      caption {
        text-align: left;
        font-weight: 600;
        white-space: nowrap;
      }
      td + td {
        padding-left: 12px;
        text-align: right;
      }
    `,
  ]

  @property({ attribute: false }) layers: readonly NetworkLayer[] = []
  @property({ attribute: false }) emphasis: NetworkEmphasis | null = null
  @property({ attribute: false }) activations: ActivationsResult | null = null
  /** Whether activations are those of a selection, and not of all images. */
  @property({ attribute: false }) compare = false
  @property({ attribute: false }) filter: FilterRef | null = null
  /** Filters of the pattern in focus. */
  @property({ attribute: false }) path: readonly FilterRef[] = []
  /** What is to be seen, for screen readers. */
  @property() label = ''

  /** Position of the filter under the pointer or under the keyboard's focus. */
  @state() private hovered: number | null = null
  @state() private at: { readonly x: number; readonly y: number } | null = null
  readonly #size = new ElementSize(this)
  #layout: DotLayout = layoutDots([], 0, 0)
  /** Whether a key moved the focus last: then scrolling follows the focus instead of ending it. */
  #byKeyboard = false

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('scroll', this.#scrolled, { passive: true })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.removeEventListener('scroll', this.#scrolled)
    this.#forget()
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('layers')) this.hovered = this.at = null
    this.#layout = layoutDots(this.layers, this.#size.width, this.#size.height)
  }

  protected override render() {
    const { width, height } = this.#size
    return html`<div style="height:${Math.max(height, this.#layout.height)}px">
        <canvas
          part="canvas"
          class=${this.hovered === null ? '' : 'over'}
          style="width:${width}px;height:${height}px"
          tabindex="0"
          role="application"
          aria-roledescription="filter map"
          aria-label="${this.#summary()} Arrow keys move over the filters, Enter shows the images of one."
          data-filters=${this.layers.reduce((sum, layer) => sum + layer.filters, 0)}
          data-pitch=${this.#layout.pitch}
          @pointermove=${this.#move}
          @pointerleave=${this.#forget}
          @click=${this.#click}
          @keydown=${this.#key}
          @blur=${this.#forget}
        ></canvas>
      </div>
      <div class="visually-hidden" aria-live="polite">${this.at === null ? nothing : this.#spoken()}</div>
      <vatun-tooltip .at=${this.at}>${this.#table()}</vatun-tooltip>`
  }

  protected override updated(): void {
    this.#draw()
  }

  /** Client coordinates of the dot of a filter, for tests and guided tours; null when it is not drawn. */
  locate(filter: FilterRef): { readonly x: number; readonly y: number } | null {
    const centre = dotCentre(this.#layout, filterPosition(this.layers, filter))
    if (!centre) return null
    const box = this.getBoundingClientRect()
    return { x: box.left + centre.x, y: box.top + centre.y - this.scrollTop }
  }

  #draw(): void {
    const canvas = this.renderRoot.querySelector('canvas')
    const context = canvas && fitCanvas(canvas, this.#size)
    if (!context) return
    const style = getComputedStyle(canvas)
    drawDots(
      context,
      this.#layout,
      {
        strength: this.emphasis?.strength ?? null,
        path: this.path.map((ref) => filterPosition(this.layers, ref)),
        chosen: this.filter && filterPosition(this.layers, this.filter),
        hovered: this.hovered,
      },
      {
        ink: style.color,
        background: style.backgroundColor,
        accent: style.caretColor,
        muted: style.borderTopColor,
        dark: this.dark,
      },
      { height: this.#size.height, scroll: this.scrollTop },
    )
  }

  #table() {
    const ref = this.hovered === null ? null : filterAt(this.layers, this.hovered)
    if (!ref) return nothing
    const { values, baseline } = this.activations ?? {}
    return html`<table class="small">
      <caption>${ref.layer} · filter ${ref.filter}</caption>
      ${
        this.compare && values
          ? html`<tr><td>activation</td><td>${values[this.hovered!]!.toPrecision(3)}</td></tr>`
          : nothing
      }
      ${baseline ? html`<tr><td class="muted">over all images</td><td>${baseline[this.hovered!]!.toPrecision(3)}</td></tr>` : nothing}
    </table>`
  }

  #summary(): string {
    const filters = this.layers.reduce((sum, layer) => sum + layer.filters, 0)
    return `${formatCount(filters)} filters in ${this.layers.length} layers. ${this.label}${this.label ? '.' : ''}`
  }

  #spoken(): string {
    const ref = this.hovered === null ? null : filterAt(this.layers, this.hovered)
    if (!ref) return ''
    const { values, baseline } = this.activations ?? {}
    const numbers =
      values && baseline
        ? `: ${this.compare ? `activation ${values[this.hovered!]!.toPrecision(3)}, ` : ''}over all images ${baseline[this.hovered!]!.toPrecision(3)}`
        : ''
    return `${filterLabel(ref)}${numbers}`
  }

  #choose(position: number): void {
    const filter = filterAt(this.layers, position)
    if (!filter) return
    const detail: FilterDetail = { filter }
    this.dispatchEvent(new CustomEvent('vatun-filter', { detail, bubbles: true, composed: true }))
  }

  readonly #scrolled = (): void => {
    if (!this.#byKeyboard) this.#forget()
    this.#draw()
  }

  readonly #forget = (): void => {
    this.hovered = this.at = null
  }

  readonly #move = (event: PointerEvent): void => {
    this.#byKeyboard = false
    const box = this.getBoundingClientRect()
    this.hovered = dotAt(this.#layout, event.clientX - box.left, event.clientY - box.top + this.scrollTop)
    this.at = this.hovered === null ? null : { x: event.clientX, y: event.clientY }
  }

  readonly #click = (event: PointerEvent): void => {
    this.#move(event)
    if (this.hovered !== null) this.#choose(this.hovered)
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && this.hovered !== null) {
      this.#choose(this.hovered)
      return
    }
    const from = this.hovered ?? (this.filter ? filterPosition(this.layers, this.filter) : -1)
    const next = from < 0 ? (event.key.startsWith('Arrow') ? 0 : null) : moveDot(this.#layout, from, event.key)
    if (next === null || this.layers.length === 0) return
    event.preventDefault()
    this.#byKeyboard = true
    const centre = dotCentre(this.#layout, next)!
    if (centre.y < this.scrollTop + 8 || centre.y > this.scrollTop + this.#size.height - 8)
      this.scrollTop = centre.y - this.#size.height / 2
    const box = this.getBoundingClientRect()
    this.hovered = next
    this.at = { x: box.left + centre.x, y: box.top + centre.y - this.scrollTop }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-filter-map': VatunFilterMap
  }
  interface HTMLElementEventMap {
    'vatun-filter': CustomEvent<FilterDetail>
  }
}
