import { type Axis, VatunError } from '@vatun/core'
import { type ScaleLinear, scaleLinear } from 'd3-scale'
import { html, nothing, svg } from 'lit'
import { property, state } from 'lit/decorators.js'
import { bareAxes, labelledAxes } from './chart-axes.js'
import { chartLines, chartStrip } from './chart-marks.js'
import { chartReadout } from './chart-readout.js'
import { type ChartMark, type ChartSeries, labelledEnds } from './chart-series.js'
import { degreeText } from './chart-ticks.js'
import { nearestDegree, nearestStep, valueAfterKey } from './chart-values.js'
import { ElementSize } from './element-size.js'
import { lineChartStyles } from './line-chart-styles.js'
import { shortenText, textWidth } from './measure-text.js'
import { svgPicture } from './pictures.js'
import { spreadLabels } from './spread-labels.js'
import { VatunElement } from './vatun-element.js'

/** Between the end of a line and the end of the box: the leader, the gap, and a margin, in CSS pixels. */
const leader = 16

/** Detail of `vatun-value`. */
export interface ChartValueDetail {
  readonly value: number
  /** False while dragging. */
  readonly done: boolean
}

/**
 * Values against the degree of a change, a line per class. Fills its box; give it a height.
 *
 * @element vatun-line-chart
 * @fires {CustomEvent<ChartValueDetail>} vatun-value - When the person moves the vertical line (drag, or arrow keys, Home, End).
 * @csspart plot - The SVG.
 */
export class VatunLineChart extends VatunElement {
  static override styles = [VatunElement.styles, lineChartStyles]

  @property({ attribute: false }) series: readonly ChartSeries[] = []
  /** Magnitudes, ascending, one for each value of a series. */
  @property({ attribute: false }) degrees: readonly number[] = []
  /** Names, unit, step and identity of the magnitudes. */
  @property({ attribute: false }) axis: Axis | undefined
  /** Where the vertical line stands; undefined draws none. */
  @property({ type: Number }) value: number | undefined
  /** Lowest and highest value of the vertical axis. */
  @property({ attribute: false }) range: readonly [number, number] = [0, 1]
  /** The vertical line stands on degrees only; otherwise on the steps of the axis. */
  @property({ type: Boolean }) snap = false
  /** The vertical line cannot be moved. */
  @property({ type: Boolean }) readonly = false
  /** One mark per degree, drawn as a strip under the axis: the predicted class. */
  @property({ attribute: false }) strip: readonly ChartMark[] = []
  /** A small multiple: no labels, hardly any axis. */
  @property({ type: Boolean, reflect: true }) compact = false
  /** Leaves out the labels at the line ends, where there is no room for them. */
  @property({ type: Boolean, attribute: 'no-labels' }) noLabels = false
  /** Behind the degree in the table of hovered values: `20 images`. */
  @property() note = ''
  /** What the chart shows, for screen readers: `mean confidence for cat, rotation`. */
  @property() label = ''
  /** Axis title under the plot; the label of the axis by default, empty for none. */
  @property({ attribute: 'x-label' }) xLabel: string | undefined

  @state() private hover: { readonly at: number; readonly x: number; readonly y: number } | null = null
  readonly #size = new ElementSize(this)
  #dragging = false

  /** The chart as it is seen, as an SVG. @throws VatunError (`not-found`) where there is no room or no data for one. */
  picture(): Blob {
    const drawing = this.renderRoot.querySelector('svg')
    if (!drawing) throw new VatunError('not-found', 'chart: nothing is drawn, give it data and more room')
    return svgPicture(drawing)
  }

  protected override render() {
    const { width, height } = this.#size
    const margin = this.#margin()
    const plotWidth = width - margin.left - margin.right
    const plotHeight = height - margin.top - margin.bottom
    if (this.degrees.length === 0 || plotWidth < 8 || plotHeight < 8) return nothing
    const x = scaleLinear([this.degrees[0]!, this.degrees.at(-1)!], [0, plotWidth])
    const y = scaleLinear(this.range, [plotHeight, 0]).clamp(true)
    const hasValue = this.value !== undefined
    const movable = hasValue && !this.readonly
    return html`<svg
        part="plot"
        width=${width}
        height=${height}
        class=${movable ? 'movable' : ''}
        tabindex=${movable ? 0 : nothing}
        role=${movable ? 'slider' : 'img'}
        aria-label=${this.#text()}
        aria-valuemin=${movable ? this.degrees[0]! : nothing}
        aria-valuemax=${movable ? this.degrees.at(-1)! : nothing}
        aria-valuenow=${movable ? this.value! : nothing}
        aria-valuetext=${movable ? this.#format(this.value!) : nothing}
        @pointermove=${(event: PointerEvent) => this.#move(event, x, margin.left)}
        @pointerleave=${() => {
          this.hover = null
        }}
        @pointerdown=${(event: PointerEvent) => this.#press(event, x, margin.left)}
        @pointerup=${(event: PointerEvent) => this.#release(event, x, margin.left)}
        @pointercancel=${this.#cancel}
        @keydown=${this.#key}
      >
        <g transform="translate(${margin.left},${margin.top})">
          ${this.#axes(x, y, plotWidth, plotHeight)} ${chartLines(this.series, this.degrees, x, y)} ${this.compact || this.noLabels ? nothing : this.#labels(y, plotWidth, plotHeight, margin.right - leader)}
          ${chartStrip(this.strip, this.degrees, x, plotHeight + 2)} ${this.#verticals(x, plotHeight)}
        </g>
      </svg>
      ${this.#table()}`
  }

  #margin() {
    const strip = this.strip.length > 0
    if (this.compact) return { left: 1, right: 1, top: 2, bottom: strip ? 7 : 2 }
    const labelled = this.noLabels ? [] : this.series.filter((s) => s.emphasis !== 'muted')
    const longest = Math.max(0, ...labelled.map((s) => textWidth(s.label, this.#font(s))))
    const right = longest > 0 ? Math.min(this.#size.width * 0.36, longest + leader) : 0
    const title = this.xLabel === '' ? 0 : 14
    return { left: 26, right: Math.max(10, right), top: 7, bottom: 17 + title + (strip ? 8 : 0) }
  }

  #axes(x: ScaleLinear<number, number>, y: ScaleLinear<number, number>, width: number, height: number) {
    const frame = { x, y, width, height, degrees: this.degrees, range: this.range, axis: this.axis }
    if (this.compact) return bareAxes(frame)
    return labelledAxes(frame, this.xLabel ?? this.axis?.label ?? '', this.strip.length > 0 ? 8 : 0)
  }

  #labels(y: ScaleLinear<number, number>, width: number, height: number, room: number) {
    const ends = labelledEnds(this.series, Math.max(1, Math.floor((height + 8) / 12)))
    const wanted = ends.map(({ end }) => y(end))
    const places = spreadLabels(wanted, 12, 0, height)
    return ends.map(
      (
        { series },
        i,
      ) => svg`<path class="leader" d="M${width + 1},${wanted[i]} L${width + 9},${places[i]}" stroke=${series.color}></path>
        <text class="end ${series.emphasis ?? 'normal'}" x=${width + 12} y=${places[i]} dy="0.35em">${shortenText(series.label, room, this.#font(series))}</text>`,
    )
  }

  #verticals(x: ScaleLinear<number, number>, height: number) {
    const hovered = this.hover && this.degrees[this.hover.at]
    return svg`${
      hovered === null || hovered === undefined
        ? nothing
        : svg`<line class="hover" x1=${x(hovered)} x2=${x(hovered)} y2=${height}></line>`
    }
    ${
      this.value === undefined
        ? nothing
        : svg`<g class="value" transform="translate(${x(this.#clip(this.value))},0)">
            <line y1="-4" y2=${height}></line><circle cy="-2" r=${this.readonly ? 2 : 4}></circle></g>`
    }`
  }

  #table() {
    const hover = this.hover
    if (!hover) return html`<vatun-tooltip .at=${null}></vatun-tooltip>`
    const strip = this.strip[hover.at]
    const degree = `${this.axis?.label ?? ''} ${this.#format(this.degrees[hover.at]!)}`
    const title = [degree, strip && `predicted ${strip.label}`, this.note].filter(Boolean).join(' · ')
    return html`<vatun-tooltip .at=${hover}>${chartReadout(this.series, hover.at, title)}</vatun-tooltip>`
  }

  #text(): string {
    if (this.label) return this.label
    return `${this.series.map((s) => s.label).join(', ')} by ${this.axis?.label ?? 'degree'}`
  }

  #format(value: number): string {
    return degreeText(this.axis, value)
  }

  /** Of the label at the end of a line. */
  #font({ emphasis }: ChartSeries): string {
    return `${emphasis === 'focus' ? 600 : 400} 11px ${getComputedStyle(this).fontFamily}`
  }

  #clip(value: number): number {
    return Math.min(this.degrees.at(-1)!, Math.max(this.degrees[0]!, value))
  }

  #valueAt(event: PointerEvent, x: ScaleLinear<number, number>, left: number): number {
    const box = this.getBoundingClientRect()
    return this.#clip(x.invert(event.clientX - box.left - left))
  }

  #move(event: PointerEvent, x: ScaleLinear<number, number>, left: number): void {
    const value = this.#valueAt(event, x, left)
    if (this.#dragging) this.#emit(value, false)
    this.hover = { at: nearestDegree(this.degrees, value), x: event.clientX, y: event.clientY }
  }

  #press(event: PointerEvent, x: ScaleLinear<number, number>, left: number): void {
    if (this.value === undefined || this.readonly || event.button !== 0) return
    this.#dragging = true
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    this.#emit(this.#valueAt(event, x, left), false)
  }

  #release(event: PointerEvent, x: ScaleLinear<number, number>, left: number): void {
    if (!this.#dragging) return
    this.#dragging = false
    this.#emit(this.#valueAt(event, x, left), true)
  }

  /** The line stays where it was moved to last; whoever listens waits for the end of the movement. */
  readonly #cancel = (): void => {
    if (!this.#dragging) return
    this.#dragging = false
    this.#emit(this.value!, true)
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (this.value === undefined || this.readonly) return
    const step = (this.axis?.step ?? (this.degrees.at(-1)! - this.degrees[0]!) / 100) * (event.shiftKey ? 10 : 1)
    const target = valueAfterKey(event.key, this.degrees, (direction) =>
      this.snap
        ? (this.degrees[nearestDegree(this.degrees, this.value!) + direction] ?? this.value!)
        : this.value! + direction * step,
    )
    if (target === undefined) return
    event.preventDefault()
    this.#emit(this.#clip(target), true)
  }

  #emit(value: number, done: boolean): void {
    const detail: ChartValueDetail = {
      value: this.snap
        ? this.degrees[nearestDegree(this.degrees, value)]!
        : this.#clip(nearestStep(value, this.axis?.step)),
      done,
    }
    this.dispatchEvent(new CustomEvent('vatun-value', { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-line-chart': VatunLineChart
  }
}
