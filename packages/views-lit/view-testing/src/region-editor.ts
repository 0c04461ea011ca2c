import type { Region } from '@vatun/core'
import { VatunElement } from '@vatun/view-kit'
import { css, html, nothing, svg } from 'lit'
import { property, state } from 'lit/decorators.js'
import { boxAround, moveBox, type Pixel, type RegionTool, strokePixels } from './region.js'

/** Detail of `vatun-region`. */
export interface RegionDetail {
  readonly region: Region
  /** False while the pointer is down. */
  readonly done: boolean
}

/**
 * Draws a region on an image of the same box. With a pointer: drag. With keys: arrows move the box, Shift and arrows resize it;
 * by hand, arrows move the brush and Space paints. Esc ends.
 *
 * @element vatun-testing-region
 * @fires {CustomEvent<RegionDetail>} vatun-region - When the person has drawn, or goes on drawing.
 * @fires vatun-region-end - When Esc is pressed.
 */
export class VatunTestingRegion extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        position: absolute;
        inset: 0;
      }
      svg {
        display: block;
        width: 100%;
        height: 100%;
      }
      svg.active {
        cursor: crosshair;
        touch-action: none;
      }
      /* White on black, visible on every image. */
      .under,
      .over {
        fill: none;
        vector-effect: non-scaling-stroke;
      }
      .under {
        stroke: #000;
        stroke-width: 3;
      }
      .over {
        stroke: #fff;
        stroke-width: 1.5;
        stroke-dasharray: 4 3;
      }
      .painted {
        fill: #fff;
        fill-opacity: 0.35;
      }
    `,
  ]

  /** Null: the region is shown and cannot be changed. */
  @property({ attribute: false }) tool: RegionTool | null = null
  @property({ attribute: false }) region: Region | undefined
  /** Of the image, in pixels. */
  @property({ attribute: false }) size = { height: 1, width: 1 }

  @state() private brush: Pixel | null = null
  #start: Pixel | null = null
  #painted: ReadonlySet<number> = new Set()

  protected override render() {
    const { height, width } = this.size
    if (!this.tool && !this.region) return nothing
    return html`<svg
      viewBox="0 0 ${width} ${height}"
      preserveAspectRatio="none"
      class=${this.tool ? 'active' : ''}
      tabindex=${this.tool ? 0 : nothing}
      role=${this.tool ? 'application' : 'img'}
      aria-label=${this.#text()}
      @pointerdown=${this.#press}
      @pointermove=${this.#drag}
      @pointerup=${this.#release}
      @pointercancel=${this.#release}
      @keydown=${this.#key}
    >
      ${this.#outline()}
      ${
        this.brush && this.tool === 'pixels'
          ? ['under', 'over'].map(
              (c) => svg`<rect class=${c} x=${this.brush!.column} y=${this.brush!.row} width="1" height="1"></rect>`,
            )
          : nothing
      }
    </svg>`
  }

  override focus(): void {
    this.renderRoot.querySelector('svg')?.focus()
  }

  #text(): string {
    if (!this.tool) return 'Removed region'
    const keys =
      this.tool === 'pixels'
        ? 'Arrow keys move the brush, Space paints'
        : 'Arrow keys move it, Shift and arrow keys resize it'
    return `Region to remove. ${keys}, Escape ends.`
  }

  #outline() {
    const { region } = this
    if (!region) return nothing
    if (region.shape === 'pixels')
      return region.pixels.map((pixel) => {
        const row = Math.floor(pixel / this.size.width)
        return svg`<rect class="painted" x=${pixel % this.size.width} y=${row} width="1" height="1"></rect>`
      })
    const { top, left, height, width } = region
    return ['under', 'over'].map((c) =>
      region.shape === 'rectangle'
        ? svg`<rect class=${c} x=${left} y=${top} width=${width} height=${height}></rect>`
        : svg`<ellipse class=${c} cx=${left + width / 2} cy=${top + height / 2} rx=${width / 2} ry=${height / 2}></ellipse>`,
    )
  }

  #pixelAt(event: PointerEvent): Pixel {
    const box = this.getBoundingClientRect()
    const limit = (v: number, n: number) => Math.min(n - 1, Math.max(0, Math.floor(v * n)))
    return {
      row: limit((event.clientY - box.top) / box.height, this.size.height),
      column: limit((event.clientX - box.left) / box.width, this.size.width),
    }
  }

  readonly #press = (event: PointerEvent): void => {
    if (!this.tool || event.button !== 0) return
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    this.#start = this.#pixelAt(event)
    this.#painted = new Set(this.region?.shape === 'pixels' ? this.region.pixels : [])
    this.#draw(this.#start, this.#start, false)
  }

  readonly #drag = (event: PointerEvent): void => {
    if (!this.#start) return
    const here = this.#pixelAt(event)
    this.#draw(this.#start, here, false)
    if (this.tool === 'pixels') this.#start = here
  }

  readonly #release = (event: PointerEvent): void => {
    if (!this.#start) return
    this.#draw(this.#start, this.#pixelAt(event), true)
    this.#start = null
  }

  #draw(from: Pixel, to: Pixel, done: boolean): void {
    if (!this.tool) return
    if (this.tool !== 'pixels') this.#emit(boxAround(this.tool, from, to), done)
    else {
      const radius = Math.max(this.size.height, this.size.width) / 32
      this.#painted = new Set([...this.#painted, ...strokePixels(from, to, radius, this.size)])
      this.#emit({ shape: 'pixels', pixels: [...this.#painted].sort((a, b) => a - b) }, done)
    }
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (!this.tool) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      this.dispatchEvent(new CustomEvent('vatun-region-end', { bubbles: true, composed: true }))
      return
    }
    const arrows: Record<string, Pixel> = {
      ArrowUp: { row: -1, column: 0 },
      ArrowDown: { row: 1, column: 0 },
      ArrowLeft: { row: 0, column: -1 },
      ArrowRight: { row: 0, column: 1 },
    }
    const arrow = arrows[event.key]
    if (!arrow && event.key !== ' ') return
    event.preventDefault()
    event.stopPropagation()
    if (this.tool === 'pixels') this.#moveBrush(arrow)
    else if (arrow) this.#moveRegion(this.tool, arrow, event.shiftKey)
  }

  #moveBrush(arrow: Pixel | undefined): void {
    const { height, width } = this.size
    const at = this.brush ?? { row: height >> 1, column: width >> 1 }
    if (arrow)
      this.brush = {
        row: Math.min(height - 1, Math.max(0, at.row + arrow.row)),
        column: Math.min(width - 1, Math.max(0, at.column + arrow.column)),
      }
    else {
      this.#painted = new Set(this.region?.shape === 'pixels' ? this.region.pixels : [])
      this.#draw(at, at, true)
    }
  }

  #moveRegion(shape: 'rectangle' | 'ellipse', arrow: Pixel, resize: boolean): void {
    const { height, width } = this.size
    const { region } = this
    const third = (n: number) => Math.max(1, Math.round(n / 3))
    const from =
      region && region.shape !== 'pixels'
        ? { ...region, shape }
        : { shape, top: third(height), left: third(width), height: third(height), width: third(width) }
    const by = resize ? { height: arrow.row, width: arrow.column } : arrow
    this.#emit(moveBox(from, by, this.size), true)
  }

  #emit(region: Region, done: boolean): void {
    const detail: RegionDetail = { region, done }
    this.dispatchEvent(new CustomEvent('vatun-region', { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-testing-region': VatunTestingRegion
  }
}
