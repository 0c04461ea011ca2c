import { type SimulationViewState, simulationRows } from '@vatun/core'
import { ElementSize, fitCanvas, focusColors, reachableRow, rowWindow, VatunElement } from '@vatun/view-kit'
import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { styleMap } from 'lit/directives/style-map.js'
import { describeCell } from './describe-cell.js'
import { type CellColors, drawCell } from './draw-cell.js'
import { type GridLayout, layoutGrid, longestName } from './grid-layout.js'
import { gridHead, rowsNote } from './grid-parts.js'
import { gridStyles } from './grid-styles.js'

/** A cell: a change and a true class, null for all classes. */
export interface CellDetail {
  readonly axis: string
  readonly trueClass: number | null
}

const headHeight = 32

/**
 * Small multiples: a row per true class and one for all, a column per change. Only rows in view exist, so that a thousand classes
 * scroll as ten do. Part of `vatun-simulation`.
 *
 * Keyboard: arrows move over the cells, Enter puts one in focus.
 *
 * @element vatun-simulation-grid
 * @fires {CustomEvent<CellDetail>} vatun-cell - When the person chooses a cell, a row or a column.
 * @csspart cell - One small multiple; `data-class` (`all` or the class index) and `data-axis` say which.
 * @csspart class - Name of a row.
 * @csspart axis - Head of a column, with its progress.
 */
export class VatunSimulationGrid extends VatunElement {
  static override styles = [VatunElement.styles, gridStyles]

  @property({ attribute: false }) view: SimulationViewState | undefined
  @property() order: 'class' | 'most affected' = 'class'
  /** Keeps the classes that somebody searches for. */
  @property() search = ''

  @state() private scrolledBy = 0
  /** Cell that Tab reaches: position among the rows (-1 is the row of all classes) and among the columns. */
  @state() private active = { row: -1, column: 0 }
  readonly #size = new ElementSize(this)
  #rows: readonly number[] = []
  /** Classes without images, which have no row. */
  #without = 0
  #layout: GridLayout = layoutGrid({ width: 0, height: 0, head: headHeight }, 0, 0, 0)
  #focusAfterUpdate = false
  /** The row of {@link active}, or one in its place where that is out of sight. */
  #reached = -1

  protected override willUpdate(changed: PropertyValues): void {
    const { view } = this
    if (!view) return
    const { classes, without } = simulationRows(view, this.order, this.search)
    this.#rows = classes
    this.#without = without
    if (changed.has('search')) this.#toTop()
    const longest = longestName(view)
    const { width, height } = this.#size
    const columns = view.columns.length
    this.#layout = layoutGrid({ width, height, head: headHeight }, columns, this.#rows.length, longest)
    // Rows that need a scrollbar leave less room for the columns.
    if (this.#layout.height + this.#layout.rowHeight + headHeight > height)
      this.#layout = layoutGrid({ width: width - 16, height, head: headHeight }, columns, this.#rows.length, longest)
    const before = changed.get('view') as SimulationViewState | undefined
    if (changed.has('view') && (before?.trueClass !== view.trueClass || before?.focus !== view.focus))
      this.active = {
        row: view.trueClass === null ? -1 : this.#rows.indexOf(view.trueClass),
        column: Math.max(0, view.focus),
      }
  }

  protected override render() {
    const { view } = this
    if (!view) return nothing
    const { names, cellWidth, rowHeight, width, height } = this.#layout
    const shown = rowWindow(this.#rows.length, rowHeight, { scroll: this.scrolledBy, height: this.#size.height })
    const { from, to } = shown
    this.#reached = this.active.row < 0 || from === to ? -1 : reachableRow(this.active.row, shown)
    return html`<div class="top" @keydown=${this.#key}>
        <div class="heads" style="width:${width}px;height:${headHeight}px">
          <span class="corner" style="flex:0 0 ${names}px"></span>
          ${view.columns.map((column, c) => gridHead(column, { width: cellWidth, focus: view.focus === c, choose: () => this.#choose(-1, c) }))}
        </div>
        <div class="all" style="width:${width}px;height:${rowHeight}px">
          <canvas class="all-curves"></canvas>${this.#row(null, -1, 0)}
        </div>
      </div>
      <div class="scroller" @scroll=${this.#scrolled} @keydown=${this.#key}>
        <div class="sheet" style="width:${width}px;height:${height}px">
          <canvas class="curves"></canvas>
          ${this.#rows.slice(from, to).map((trueClass, i) => this.#row(trueClass, from + i, (from + i) * rowHeight))}
        </div>
        ${rowsNote(this.#rows.length, this.#without, this.search.trim())}
      </div>`
  }

  protected override updated(changed: PropertyValues): void {
    this.#draw()
    const before = changed.get('view') as SimulationViewState | undefined
    const { view } = this
    // The image that a page begins with is nobody's choice: the list begins at its beginning.
    if (view && before?.image != null && before.imageClass !== view.imageClass && view.imageClass !== null)
      this.#reveal(this.#rows.indexOf(view.imageClass))
    if (!this.#focusAfterUpdate) return
    this.#focusAfterUpdate = false
    this.renderRoot.querySelector<HTMLElement>('.cell[tabindex="0"]')?.focus({ preventScroll: true })
  }

  /** The class in focus, and what it is mistaken for in the cell in focus. */
  #colors(view: SimulationViewState): readonly string[] {
    return focusColors(view.classNames.length, view.focused, view.trueClass === null ? [] : [view.trueClass])
  }

  #toTop(): void {
    const scroller = this.renderRoot.querySelector('.scroller')
    if (scroller) scroller.scrollTop = this.scrolledBy = 0
  }

  #row(trueClass: number | null, row: number, top: number) {
    const view = this.view!
    const { names, cellWidth, rowHeight } = this.#layout
    const name = trueClass === null ? 'all classes' : view.classNames[trueClass]!
    const focus = view.trueClass === trueClass
    const colors = this.#colors(view)
    const full = trueClass === null ? name : view.fullNames[trueClass]!
    return html`<div class="row" role="group" aria-label=${name} style=${styleMap({ top: `${top}px`, height: `${rowHeight}px` })}>
      <button
        part="class"
        class="name ${focus ? 'focus' : ''} ${trueClass !== null && trueClass === view.imageClass ? 'image' : ''}"
        style="width:${names}px"
        tabindex="-1"
        data-class=${trueClass ?? 'all'}
        title=${trueClass !== null && trueClass === view.imageClass ? `${full}: the class of the image in the testing view` : full}
        @click=${() => this.#choose(row, Math.max(0, view.focus))}
        >${trueClass === null ? nothing : html`<span class="swatch" style="background:${colors[trueClass]}"></span>`}${name}</button
      >
      ${view.columns.map((column, c) => {
        const pressed = focus && view.focus === c
        const text = describeCell(view, column, trueClass)
        return html`<button
          part="cell"
          class="cell"
          style="width:${cellWidth}px"
          tabindex=${this.#reached === row && this.active.column === c ? 0 : -1}
          aria-pressed=${pressed}
          aria-label=${text}
          title=${text}
          data-class=${trueClass ?? 'all'}
          data-axis=${column.axis.name}
          @click=${() => this.#choose(row, c)}
        ></button>`
      })}
    </div>`
  }

  #draw(): void {
    const { view } = this
    const curves = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.curves')
    const all = this.renderRoot.querySelector<HTMLCanvasElement>('canvas.all-curves')
    const scroller = this.renderRoot.querySelector('.scroller')
    if (!view || !curves || !all || !scroller) return
    const { names, cellWidth, rowHeight } = this.#layout
    const style = getComputedStyle(curves)
    const colors: CellColors = {
      ink: style.color,
      ground: style.caretColor,
      line: style.borderTopColor,
      classes: this.#colors(view),
    }
    const { scrollLeft, scrollTop, clientWidth, clientHeight } = scroller
    const box = (column: number, y: number) => ({
      x: names + column * cellWidth + 3 - scrollLeft,
      y: y + 3,
      width: cellWidth - 6,
      height: rowHeight - 6,
    })
    const top = sized(all, clientWidth, rowHeight)
    const body = sized(curves, clientWidth, clientHeight)
    const { from, to } = rowWindow(this.#rows.length, rowHeight, { scroll: scrollTop, height: clientHeight })
    for (const [c, column] of view.columns.entries()) {
      if (top) drawCell(top, column, null, view.measure, box(c, 0), colors)
      for (let r = from; body && r < to; r++)
        drawCell(body, column, this.#rows[r]!, view.measure, box(c, r * rowHeight - scrollTop), colors)
    }
  }

  #choose(row: number, column: number): void {
    const axis = this.view?.columns[column]?.axis.name
    if (axis === undefined) return
    this.active = { row, column }
    const detail: CellDetail = { axis, trueClass: this.#rows[row] ?? null }
    this.dispatchEvent(new CustomEvent('vatun-cell', { detail, bubbles: true, composed: true }))
  }

  #reveal(row: number): void {
    const scroller = this.renderRoot.querySelector('.scroller')
    const { rowHeight } = this.#layout
    if (!scroller || row < 0) return
    const top = row * rowHeight
    if (top < scroller.scrollTop || top + rowHeight > scroller.scrollTop + scroller.clientHeight)
      scroller.scrollTop = top - (scroller.clientHeight - rowHeight) / 2
    // The row is to exist with the next update, and the scroll event comes after it.
    this.scrolledBy = scroller.scrollTop
  }

  readonly #scrolled = (event: Event): void => {
    const { scrollTop, scrollLeft } = event.currentTarget as Element
    const top = this.renderRoot.querySelector('.top')
    if (top) top.scrollLeft = scrollLeft
    this.scrolledBy = scrollTop
    this.#draw()
  }

  readonly #key = (event: KeyboardEvent): void => {
    const steps: Record<string, readonly [number, number]> = {
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
    }
    const step = steps[event.key]
    const columns = this.view?.columns.length ?? 0
    if (!step || columns === 0) return
    event.preventDefault()
    this.active = {
      row: Math.min(this.#rows.length - 1, Math.max(-1, this.#reached + step[0])),
      column: Math.min(columns - 1, Math.max(0, this.active.column + step[1])),
    }
    this.#reveal(this.active.row)
    this.#focusAfterUpdate = true
  }
}

/** A canvas in CSS pixels, cleared. */
function sized(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  canvas.style.width = `${width}px`
  canvas.style.height = `${height}px`
  return fitCanvas(canvas, { width, height })
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-simulation-grid': VatunSimulationGrid
  }
  interface HTMLElementEventMap {
    'vatun-cell': CustomEvent<CellDetail>
  }
}
