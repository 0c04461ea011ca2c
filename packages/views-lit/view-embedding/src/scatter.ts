import { type Direction, type EmbeddingPoints, neighbourTowards } from '@vatun/core'
import { ElementSize, positionOf, VatunElement } from '@vatun/view-kit'
import { polygonContains } from 'd3-polygon'
import { type Quadtree, quadtree } from 'd3-quadtree'
import { select } from 'd3-selection'
import { type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from 'd3-zoom'
import { css, html, type PropertyValues } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { drawScatter, place, pointRadius, type ScatterFrame, scatterFrame, unplace } from './draw-scatter.js'
import type { PointPaint } from './paint-points.js'

/** Detail of `vatun-pick`: a click or Enter on a point, or beside all points (null). */
export interface PickDetail {
  readonly index: number | null
  readonly add: boolean
}

/** Detail of `vatun-lasso`. */
export interface LassoDetail {
  readonly indices: readonly number[]
  readonly add: boolean
}

/** Detail of `vatun-hover`: the point and where it is in client coordinates. */
export interface HoverDetail {
  readonly index: number | null
  readonly x: number
  readonly y: number
}

const arrows: Record<string, Direction> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/**
 * Points on two canvases (all points; hover and lasso), drawn in 2D: 10,000 points need no GPU.
 *
 * Drag draws a lasso or pans, the wheel zooms; arrow keys move the hovered point to its neighbour, Enter picks it, `+`, `-` and `0` zoom.
 *
 * @element vatun-scatter
 * @fires {CustomEvent<PickDetail>} vatun-pick - A point was clicked; Shift adds.
 * @fires {CustomEvent<LassoDetail>} vatun-lasso - Points were circled; Shift adds.
 * @fires {CustomEvent<HoverDetail>} vatun-hover - Another point, or none, is under the pointer.
 */
export class VatunScatter extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        position: relative;
        min-height: 0;
        overflow: hidden;
        accent-color: var(--_accent);
      }
      canvas {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      .overlay {
        touch-action: none;
        cursor: crosshair;
      }
      .overlay.pan {
        cursor: grab;
      }
      .overlay:focus-visible {
        outline-offset: -2px;
      }
    `,
  ]

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
  #tree: Quadtree<number> | undefined
  #zoom: ZoomBehavior<HTMLCanvasElement, unknown> | undefined
  #lasso: [number, number][] | null = null
  #drawn: readonly unknown[] = []

  /** Zooms by a factor around the middle; 0 shows everything again. */
  zoomBy(factor: number): void {
    if (!this.#zoom) return
    const canvas = select(this.overlay)
    if (factor === 0) this.#zoom.transform(canvas, zoomIdentity)
    else this.#zoom.scaleBy(canvas, factor)
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
    this.#zoom = zoom<HTMLCanvasElement, unknown>()
      .scaleExtent([1, 40])
      .filter((event: Event) => {
        if (event.type === 'wheel') return true
        if ('touches' in event) return (event as TouchEvent).touches.length > 1
        return this.drag === 'pan' && !(event as MouseEvent).button
      })
      .on('zoom', ({ transform }: { transform: ZoomTransform }) => {
        this.transform = transform
      })
    select(this.overlay).call(this.#zoom).on('dblclick.zoom', null)
  }

  protected override updated(changed: PropertyValues): void {
    const { width, height } = this.#size
    if (width === 0 || height === 0) return
    this.#zoom
      ?.extent([
        [0, 0],
        [width, height],
      ])
      .translateExtent([
        [0, 0],
        [width, height],
      ])
    if (changed.has('points')) this.#tree = undefined
    const inputs = [this.points, this.paint, this.emphasised, this.transform, width, height, devicePixelRatio]
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

  #context(canvas: HTMLCanvasElement): CanvasRenderingContext2D | null {
    const { width, height } = this.#size
    const ratio = devicePixelRatio || 1
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)]
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w
      canvas.height = h
    }
    const context = canvas.getContext('2d')
    context?.setTransform(ratio, 0, 0, ratio, 0, 0)
    return context
  }

  #drawPoints(): void {
    const context = this.#context(this.base)
    if (!context) return
    const { points, paint, emphasised } = this
    if (!points || !paint) {
      context.clearRect(0, 0, this.#size.width, this.#size.height)
      return
    }
    const ink = getComputedStyle(this).color
    drawScatter(context, this.#size, { points, paint, emphasised, frame: this.#frame, radius: this.#radius, ink })
  }

  #drawOverlay(): void {
    const context = this.#context(this.overlay)
    if (!context) return
    context.clearRect(0, 0, this.#size.width, this.#size.height)
    const style = getComputedStyle(this)
    // The accent is a light-dark() expression, which only a real property resolves to a colour.
    this.#ring(context, this.marked, style.accentColor, 3)
    this.#ring(context, this.hovered, style.color, 2)
    const lasso = this.#lasso
    if (!lasso) return
    context.beginPath()
    for (const [x, y] of lasso) context.lineTo(x, y)
    context.closePath()
    context.globalAlpha = 0.1
    context.fillStyle = style.color
    context.fill()
    context.globalAlpha = 1
    context.setLineDash([4, 3])
    context.lineWidth = 1
    context.strokeStyle = style.color
    context.stroke()
    context.setLineDash([])
  }

  #ring(context: CanvasRenderingContext2D, index: number | null, color: string, width: number): void {
    const row = index === null || !this.points ? undefined : positionOf(this.points.indices, index)
    if (row === undefined) return
    const [x, y] = place(this.#frame, this.points!, row)
    context.beginPath()
    context.arc(x, y, this.#radius + 4.5, 0, 2 * Math.PI)
    context.lineWidth = width
    context.strokeStyle = color
    context.stroke()
  }

  #nearest(event: PointerEvent): number | null {
    const points = this.points
    if (!points) return null
    this.#tree ??= quadtree<number>()
      .x((r) => points.x[r]!)
      .y((r) => points.y[r]!)
      .addAll(Array.from(points.x, (_, r) => r))
    const frame = this.#frame
    const [x, y] = unplace(frame, event.offsetX, event.offsetY)
    return this.#tree.find(x, y, Math.max(10, this.#radius + 3) / frame.scale) ?? null
  }

  readonly #down = (event: PointerEvent): void => {
    if (!event.isPrimary || event.button !== 0) {
      this.#cancel()
      return
    }
    this.#lasso = [[event.offsetX, event.offsetY]]
    if (this.drag === 'lasso') this.overlay.setPointerCapture(event.pointerId)
  }

  readonly #move = (event: PointerEvent): void => {
    const lasso = this.#lasso
    if (lasso && event.buttons) {
      lasso.push([event.offsetX, event.offsetY])
      if (this.drag === 'lasso') this.requestUpdate()
      return
    }
    const row = this.#nearest(event)
    const index = row === null ? null : this.points!.indices[row]!
    this.#emit<HoverDetail>('vatun-hover', { index, x: event.clientX, y: event.clientY })
  }

  readonly #up = (event: PointerEvent): void => {
    const path = this.#lasso
    this.#cancel()
    if (!path || !this.points) return
    const [x, y] = path[0]!
    const moved = Math.max(...path.map(([px, py]) => Math.hypot(px - x, py - y)))
    if (moved < 5) {
      const row = this.#nearest(event)
      this.#emit<PickDetail>('vatun-pick', {
        index: row === null ? null : this.points.indices[row]!,
        add: event.shiftKey,
      })
      return
    }
    if (this.drag === 'pan') return
    const frame = this.#frame
    const indices = [...this.points.indices].filter((_, r) => polygonContains(path, place(frame, this.points!, r)))
    this.#emit<LassoDetail>('vatun-lasso', { indices, add: event.shiftKey })
  }

  readonly #cancel = (): void => {
    this.#lasso = null
    this.requestUpdate()
  }

  readonly #leave = (): void => this.#emit<HoverDetail>('vatun-hover', { index: null, x: 0, y: 0 })

  readonly #key = (event: KeyboardEvent): void => {
    const points = this.points
    if (!points || event.ctrlKey || event.metaKey || event.altKey) return
    const direction = arrows[event.key]
    const zooms: Record<string, number> = { '+': 1.5, '=': 1.5, '-': 1 / 1.5, '0': 0 }
    if (direction) {
      const from = positionOf(points.indices, this.hovered ?? this.marked ?? -1) ?? null
      const row = neighbourTowards(points, from, direction)
      if (row === null) return
      this.#bringIntoView(row)
      const [x, y] = place(this.#frame, points, row)
      const box = this.getBoundingClientRect()
      this.#emit<HoverDetail>('vatun-hover', { index: points.indices[row]!, x: box.left + x, y: box.top + y })
    } else if (event.key === 'Enter' && this.hovered !== null) {
      this.#emit<PickDetail>('vatun-pick', { index: this.hovered, add: event.shiftKey })
    } else if (event.key in zooms) {
      this.zoomBy(zooms[event.key]!)
    } else return
    event.preventDefault()
  }

  #bringIntoView(row: number): void {
    const { width, height } = this.#size
    const [x, y] = place(this.#frame, this.points!, row)
    if (x >= 0 && y >= 0 && x <= width && y <= height) return
    const [px, py] = place(scatterFrame(width, height, zoomIdentity), this.points!, row)
    this.#zoom?.translateTo(select(this.overlay), px, py)
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
