import {
  type ActivationsResult,
  type FilterRef,
  filterAt,
  filterPosition,
  type NetworkEmphasis,
  type NetworkLayer,
} from '@vatun/core'
import { canvasPicture, ElementSize, fitCanvas, formatCount, VatunElement } from '@vatun/view-kit'
import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { type DotLayout, dotAt, dotCentre, layerAt, layoutDots, moveDot } from './dot-layout.js'
import { dotColors, drawDots, drawMarks } from './draw-dots.js'
import type { FilterDetail, LayerDetail } from './filter-events.js'
import { filterMapStyles } from './filter-map-styles.js'
import { filterInWords, filterTip, layerTip, type ShownFilter } from './filter-tip.js'

/**
 * Every filter of every layer as a dot on one canvas, or those of one layer. Part of `vatun-network`.
 *
 * Keyboard: arrows move over the dots, Home and End to the ends of a layer, Page Up and Page Down between layers, Enter chooses.
 *
 * @element vatun-filter-map
 * @fires {CustomEvent<FilterDetail>} vatun-filter - When the person chooses a filter.
 * @fires {CustomEvent<LayerDetail>} vatun-layer - When the person clicks the name of a layer.
 * @csspart canvas - The drawing.
 */
export class VatunFilterMap extends VatunElement {
  static override styles = [VatunElement.styles, filterMapStyles]

  @property({ attribute: false }) layers: readonly NetworkLayer[] = []
  /** The layer that fills the map; null shows all. */
  @property() only: string | null = null
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
  /** The layer whose name is under the pointer. */
  @state() private named: NetworkLayer | null = null
  @state() private at: { readonly x: number; readonly y: number } | null = null
  readonly #size = new ElementSize(this)
  #layout: DotLayout = layoutDots([], 0, 0)
  #layoutKey: readonly unknown[] = []
  /** What the dots were drawn from last: the pointer moves marks, not them. */
  #drawn: readonly unknown[] = []
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
    if (changed.has('layers') || changed.has('only')) {
      this.#forget()
      this.scrollTop = 0
    }
    const { layers, only } = this
    const { width, height } = this.#size
    const key = [layers, only, width, height]
    if (key.every((part, i) => part === this.#layoutKey[i])) return
    this.#layoutKey = key
    const shown = layers.filter(({ name }) => name === only)
    this.#layout = layoutDots(shown.length > 0 ? shown : layers, width, height)
  }

  protected override render() {
    const { width, height } = this.#size
    return html`<div style="height:${Math.max(height, this.#layout.height)}px">
        <div class="sheet" style="height:${height}px">
          <canvas class="dots" aria-hidden="true" style="width:${width}px;height:${height}px"></canvas>
          <canvas
            part="canvas"
            class="marks ${this.hovered === null && !this.named ? '' : 'over'}"
            style="width:${width}px;height:${height}px"
            tabindex="0"
            role="application"
            aria-roledescription="filter map"
            aria-label="${this.#summary()} Arrow keys move over the filters, Page Up and Page Down over the layers, Enter shows the images of one."
            data-filters=${this.layers.reduce((sum, layer) => sum + layer.filters, 0)}
            data-pitch=${this.#layout.pitch}
            @pointermove=${this.#move}
            @pointerleave=${this.#forget}
            @click=${this.#click}
            @keydown=${this.#key}
            @blur=${this.#forget}
          ></canvas>
        </div>
      </div>
      <div class="visually-hidden" aria-live="polite">${this.at === null ? nothing : filterInWords(this.#shown())}</div>
      <vatun-tooltip .at=${this.at}>${this.named ? layerTip(this.named, this.only !== null) : filterTip(this.#shown())}</vatun-tooltip>`
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

  protected override themeChanged(): void {
    this.#drawn = []
    super.themeChanged()
  }

  /** The filters in sight as they are drawn, as a PNG. */
  picture(): Promise<Blob> {
    return canvasPicture([...this.renderRoot.querySelectorAll('canvas')])
  }

  #draw(): void {
    const marks = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.marks')
    const dots = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.dots')
    if (!marks || !dots) return
    const colors = dotColors(dots, this.dark)
    const { layers, emphasis, scrollTop } = this
    const { height, width } = this.#size
    const inputs = [layers, emphasis, this.#layout, scrollTop, width, height, devicePixelRatio]
    if (inputs.some((input, i) => input !== this.#drawn[i])) {
      const context = fitCanvas(dots, this.#size)
      if (!context) return
      this.#drawn = inputs
      drawDots(context, this.#layout, { layers, strength: emphasis?.strength ?? null }, colors, {
        height,
        scroll: scrollTop,
      })
    }
    const context = fitCanvas(marks, this.#size)
    if (!context) return
    drawMarks(
      context,
      this.#layout,
      {
        path: this.path.map((ref) => filterPosition(layers, ref)),
        chosen: this.filter && filterPosition(layers, this.filter),
        hovered: this.hovered,
      },
      colors,
      scrollTop,
    )
  }

  /** The filter under the pointer or the keyboard's focus, with what is known of it. */
  #shown(): ShownFilter | null {
    const ref = this.hovered === null ? null : filterAt(this.layers, this.hovered)
    const { values, baseline } = this.activations ?? {}
    return ref && { ref, value: this.compare ? values?.[this.hovered!] : undefined, usual: baseline?.[this.hovered!] }
  }

  #summary(): string {
    const filters = this.layers.reduce((sum, layer) => sum + layer.filters, 0)
    return `${formatCount(filters)} filters in ${this.layers.length} layers. ${this.label}${this.label ? '.' : ''}`
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
    this.hovered = this.at = this.named = null
  }

  readonly #move = (event: PointerEvent): void => {
    this.#byKeyboard = false
    const box = this.getBoundingClientRect()
    const [x, y] = [event.clientX - box.left, event.clientY - box.top + this.scrollTop]
    this.hovered = dotAt(this.#layout, x, y)
    this.named = x < this.#layout.left - 4 && this.layers.length > 1 ? layerAt(this.#layout, y) : null
    this.at = this.hovered === null && !this.named ? null : { x: event.clientX, y: event.clientY }
  }

  readonly #click = (event: PointerEvent): void => {
    this.#move(event)
    if (this.hovered !== null) this.#choose(this.hovered)
    else if (this.named) {
      const detail: LayerDetail = { layer: this.only === null ? this.named.name : null }
      this.dispatchEvent(new CustomEvent('vatun-layer', { detail, bubbles: true, composed: true }))
    }
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && this.hovered !== null) {
      this.#choose(this.hovered)
      return
    }
    const from = this.hovered ?? (this.filter ? filterPosition(this.layers, this.filter) : -1)
    const next =
      from < 0
        ? event.key.startsWith('Arrow')
          ? (this.#layout.blocks[0]?.layer.start ?? 0)
          : null
        : moveDot(this.#layout, from, event.key)
    if (next === null || this.layers.length === 0) return
    event.preventDefault()
    this.#byKeyboard = true
    const centre = dotCentre(this.#layout, next)!
    if (centre.y < this.scrollTop + 8 || centre.y > this.scrollTop + this.#size.height - 8)
      this.scrollTop = centre.y - this.#size.height / 2
    const box = this.getBoundingClientRect()
    this.named = null
    this.hovered = next
    this.at = { x: box.left + centre.x, y: box.top + centre.y - this.scrollTop }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-filter-map': VatunFilterMap
  }
}
