import { type EmbeddingPoints, neighbourTowards, valueSoFar } from '@vatun/core'
import { canvasPicture, ElementSize, fitCanvas, positionOf, VatunElement } from '@vatun/view-kit'
import { type ZoomTransform, zoomIdentity } from 'd3-zoom'
import { html } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { drawOverlay, type Ring } from './draw-overlay.js'
import { drawScatter } from './draw-scatter.js'
import { tileSide } from './draw-tiles.js'
import { circledPoints, isDragged, type PointerPath } from './lasso.js'
import type { PointPaint } from './paint-points.js'
import { PointFinder } from './point-finder.js'
import type { HoverDetail, LassoDetail, PickDetail } from './scatter-events.js'
import { place, pointRadius, type ScatterFrame, scatterFrame, unplace, visibleRows } from './scatter-frame.js'
import { arrowKeys, zoomKeys } from './scatter-keys.js'
import { scatterStyles } from './scatter-styles.js'
import { ScatterZoom } from './scatter-zoom.js'
import { TileLoader } from './tile-loader.js'

/**
 * Points on two canvases (all points; hover and lasso), drawn in 2D: 10,000 points need no GPU.
 *
 * Drag draws a lasso or pans, the wheel zooms, and where few points are left in sight they become images; arrow keys move the hovered point to its neighbour, Enter picks it, `+`, `-` and `0` zoom.
 *
 * @element vatun-scatter
 * @fires {CustomEvent<PickDetail>} vatun-pick - A point was clicked; Shift adds.
 * @fires {CustomEvent<LassoDetail>} vatun-lasso - Points were circled; Shift adds.
 * @fires {CustomEvent<HoverDetail>} vatun-hover - Another point, or none, is under the pointer.
 * @csspart plot - The canvas that takes pointer and keys.
 */
export class VatunScatter extends VatunElement {
  static override styles = [VatunElement.styles, scatterStyles]

  @property({ attribute: false }) points: EmbeddingPoints | null = null
  @property({ attribute: false }) paint: PointPaint | null = null
  /** Data set indices in full colour; null: all. */
  @property({ attribute: false }) emphasised: ReadonlySet<number> | null = null
  /** Data set index with a ring, and the one that is marked. */
  @property({ type: Number }) hovered: number | null = null
  @property({ type: Number }) marked: number | null = null
  /** What dragging does. */
  @property() drag: 'lasso' | 'pan' = 'lasso'
  /** The text alternative. */
  @property() label = ''

  @state() private transform: ZoomTransform = zoomIdentity
  @query('.points') private readonly base!: HTMLCanvasElement
  @query('.overlay') private readonly overlay!: HTMLCanvasElement
  readonly #size = new ElementSize(this)
  readonly #sprites = this.observe((session) => session.result('sprites'))
  readonly #tiles = new TileLoader(() => this.requestUpdate())
  #side: number | null = null
  readonly #finder = new PointFinder()
  #zoom: ScatterZoom | undefined
  #path: PointerPath | null = null
  #drawn: readonly unknown[] = []

  /** Zooms by a factor around the middle; 0 shows everything again. */
  zoomBy(factor: number): void {
    this.#zoom?.by(factor)
  }

  /** The points as they are drawn, as a PNG. */
  picture(): Promise<Blob> {
    return canvasPicture([this.base, this.overlay])
  }

  protected override render() {
    return html`<canvas class="points" aria-hidden="true"></canvas>
      <canvas
        class="overlay ${this.drag}"
        part="plot"
        tabindex="0"
        role="application"
        aria-roledescription="scatter plot"
        aria-label=${this.label}
        @pointerdown=${this.#down}
        @pointermove=${this.#move}
        @pointerup=${this.#up}
        @pointercancel=${this.#cancel}
        @pointerleave=${this.#leave}
        @keydown=${this.#key}
      ></canvas>`
  }

  protected override firstUpdated(): void {
    const pans = () => this.drag === 'pan'
    this.#zoom = new ScatterZoom(this.overlay, pans, (transform) => {
      this.transform = transform
    })
  }

  protected override updated(): void {
    const { width, height } = this.#size
    if (width === 0 || height === 0) return
    this.#zoom?.fit(width, height)
    if (this.transform.k > 1 && this.#sprites.value) this.#tiles.load(valueSoFar(this.#sprites.value))
    const { points, paint, emphasised, transform } = this
    const inputs = [points, paint, emphasised, transform, this.#tiles.tiles, width, height, devicePixelRatio]
    if (inputs.some((input, i) => input !== this.#drawn[i])) {
      this.#drawn = inputs
      this.#drawPoints()
    }
    this.#drawOverlay()
  }

  protected override themeChanged(): void {
    this.#drawn = []
    super.themeChanged()
  }

  get #frame(): ScatterFrame {
    return scatterFrame(this.#size.width, this.#size.height, this.transform)
  }

  get #radius(): number {
    const side = Math.min(this.#size.width, this.#size.height)
    return pointRadius(this.points?.x.length ?? 0, side, this.transform.k)
  }

  #drawPoints(): void {
    const context = fitCanvas(this.base, this.#size)
    const { points, paint, emphasised } = this
    if (!context || !points || !paint) return
    const frame = this.#frame
    const { width, height } = this.#size
    const { tiles } = this.#tiles
    const close = tiles && this.transform.k > 1
    const side = close ? tileSide(visibleRows(points, frame, this.#size).length, width, height) : null
    this.#side = side
    drawScatter(context, this.#size, {
      points,
      paint,
      emphasised,
      frame,
      radius: this.#radius,
      ink: getComputedStyle(this).color,
      tiles: tiles && side !== null ? { source: tiles, side } : undefined,
    })
  }

  #drawOverlay(): void {
    const context = fitCanvas(this.overlay, this.#size)
    if (!context) return
    // The accent is a light-dark() expression, which only a real property resolves to a colour.
    const { color, accentColor } = getComputedStyle(this)
    const rings = [...this.#ring(this.marked, accentColor, 3), ...this.#ring(this.hovered, color, 2)]
    drawOverlay(context, rings, this.drag === 'lasso' ? this.#path : null, color)
  }

  #ring(index: number | null, color: string, width: number): Ring[] {
    const row = index === null || !this.points ? undefined : positionOf(this.points.indices, index)
    if (row === undefined) return []
    const [x, y] = place(this.#frame, this.points!, row)
    return [{ x, y, radius: (this.#side === null ? this.#radius : 0.75 * this.#side) + 4.5, color, width }]
  }

  #nearest(event: PointerEvent): number | null {
    if (!this.points) return null
    const frame = this.#frame
    const reach = Math.max(10, this.#radius + 3, (this.#side ?? 0) / 2)
    return this.#finder.nearest(this.points, ...unplace(frame, event.offsetX, event.offsetY), reach / frame.scale)
  }

  readonly #down = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) {
      this.#cancel()
      return
    }
    this.#path = [[event.offsetX, event.offsetY]]
    if (this.drag === 'lasso') this.overlay.setPointerCapture(event.pointerId)
  }

  readonly #move = (event: PointerEvent): void => {
    if (this.#path && event.buttons) {
      this.#path.push([event.offsetX, event.offsetY])
      if (this.drag === 'lasso') this.requestUpdate()
      return
    }
    const row = this.#nearest(event)
    const index = row === null ? null : this.points!.indices[row]!
    this.#emit<HoverDetail>('vatun-hover', { index, x: event.clientX, y: event.clientY })
  }

  readonly #up = (event: PointerEvent): void => {
    const path = this.#path
    this.#cancel()
    if (!path || !this.points) return
    if (!isDragged(path)) {
      const row = this.#nearest(event)
      this.#emit<PickDetail>('vatun-pick', {
        index: row === null ? null : this.points.indices[row]!,
        add: event.shiftKey,
      })
      return
    }
    if (this.drag === 'pan') return
    const indices = circledPoints(this.points, this.#frame, path)
    this.#emit<LassoDetail>('vatun-lasso', { indices, add: event.shiftKey })
  }

  readonly #cancel = (): void => {
    this.#path = null
    this.requestUpdate()
  }

  readonly #leave = (): void => this.#emit<HoverDetail>('vatun-hover', { index: null, x: 0, y: 0 })

  readonly #key = (event: KeyboardEvent): void => {
    const points = this.points
    if (!points || event.ctrlKey || event.metaKey || event.altKey) return
    const direction = arrowKeys[event.key]
    if (direction) {
      const from = positionOf(points.indices, this.hovered ?? this.marked ?? -1) ?? null
      const row = neighbourTowards(points, from, direction)
      if (row === null) return
      this.#bringIntoView(row)
      const [x, y] = place(this.#frame, points, row)
      const box = this.getBoundingClientRect()
      // The next key may come before whoever listens has told the element.
      this.hovered = points.indices[row]!
      this.#emit<HoverDetail>('vatun-hover', { index: points.indices[row]!, x: box.left + x, y: box.top + y })
    } else if (event.key === 'Enter' && this.hovered !== null) {
      this.#emit<PickDetail>('vatun-pick', { index: this.hovered, add: event.shiftKey })
    } else if (event.key in zoomKeys) {
      this.zoomBy(zoomKeys[event.key]!)
    } else return
    event.preventDefault()
  }

  #bringIntoView(row: number): void {
    const { width, height } = this.#size
    const [x, y] = place(this.#frame, this.points!, row)
    if (x >= 0 && y >= 0 && x <= width && y <= height) return
    const [px, py] = place(scatterFrame(width, height, zoomIdentity), this.points!, row)
    this.#zoom?.centre(px, py)
  }

  #emit<D>(name: string, detail: D): void {
    this.dispatchEvent(new CustomEvent<D>(name, { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-scatter': VatunScatter
  }
}
