import {
  formatDegree,
  manyClasses,
  type SessionState,
  type SimulationColumn,
  type SimulationViewState,
  selectClassImages,
  setAxisValue,
  simulationMeasures,
  simulationView,
} from '@vatun/core'
import {
  type ChartValueDetail,
  ElementSize,
  formatCount,
  type Picture,
  panelLayout,
  VatunElement,
} from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { breakingPanel } from './breaking-panel.js'
import { cellStyles } from './cell-styles.js'
import { flipsPanel } from './flips-panel.js'
import { focusChart } from './focus-series.js'
import { longestName, wantedWidth } from './grid-layout.js'
import { imagesPanel } from './images-panel.js'
import { type CellPanel, cellPanels, panelTabs } from './panel-tabs.js'
import type { CellDetail } from './simulation-grid.js'
import { simulationStyles } from './simulation-styles.js'
import { summaryPanel } from './summary-panel.js'

/**
 * Under which change the model fails, and for which classes: the mean softmax of every class against the degree of each change,
 * per true class, over the data set; or accuracy, flip rate or margin. Under the cell in focus: what predictions turn into, the
 * images that are harmed most, and how far images can be changed before they are wrong.
 *
 * @element vatun-simulation
 * @slot actions - At the right end of the header.
 * @csspart header - The title line.
 * @csspart title - The title; a double click on it maximises the panel in a workbench.
 * @csspart toolbar - Controls and chips beside the title.
 * @csspart grid - The small multiples.
 * @csspart measure - Chooses what the curves show.
 * @csspart order - Chooses the order of the classes.
 * @csspart search - Searches for a class, where there are many.
 * @csspart chart - The cell in focus, large.
 * @csspart finding - What it shows, in words.
 * @csspart count - How many images the chart is of.
 * @csspart show-images - Selects the images of the class in focus.
 * @csspart tabs - Choose what is told under the chart.
 * @csspart values - All measures at the chosen degree, with their intervals.
 * @csspart apply - Gives the change at the chosen degree to the testing view.
 * @csspart flips - What predictions turn into at that degree.
 * @csspart images - The images that are harmed most; each a part `image` with `data-image`.
 * @csspart breaking - How far images can be changed before they are wrong.
 */
export class VatunSimulation extends VatunElement {
  static override styles = [VatunElement.styles, panelLayout, simulationStyles, cellStyles]

  /** Null until somebody chooses: of many classes those come first that matter. */
  @state() private order: 'class' | 'most affected' | null = null
  @state() private search = ''
  @state() private panel: CellPanel = 'summary'
  #dragging = false
  readonly #view = this.observe(simulationView)
  readonly #size = new ElementSize(this)
  readonly #focusSize = new ElementSize(this)

  /** What of the view can be taken along as a picture now. */
  get pictures(): readonly Picture[] {
    const chart = this.renderRoot.querySelector('vatun-line-chart')
    const column = this.#view.value?.columns[this.#view.value.focus]
    if (!chart || !column) return []
    const { name, label } = column.axis
    return [{ file: `chart-${name}.svg`, content: `the chart of ${label} in focus`, draw: async () => chart.picture() }]
  }

  protected override render() {
    const view = this.#view.value
    return html`<div class="panel" @keydown=${this.#key}>
      ${this.panelHeader('Simulation', 'simulation', view && view.columns.length > 0 ? this.#choices(view) : nothing)} ${this.#body(view)}
    </div>`
  }

  protected override updated(): void {
    this.#focusSize.watch(this.renderRoot.querySelector('.focus'))
  }

  #body(view: SimulationViewState | undefined) {
    const column = view?.columns[view.focus]
    if (!view || !column)
      return html`<vatun-state empty="How predictions move under each change of the images will be shown here."></vatun-state>`
    return html`<div class="body ${this.#size.width < 600 ? 'narrow' : ''}">
      <vatun-simulation-grid part="grid" style="flex-basis:clamp(50%,${wantedWidth(view.columns.length, longestName(view)) + 13}px,63%)" search=${this.#many(view) ? this.search : ''} .view=${view} .order=${this.#order(view)} @vatun-cell=${this.#choose}></vatun-simulation-grid>
      <section class="focus" aria-label="Cell in focus">${this.#focus(view, column)}</section>
    </div>`
  }

  #choices(view: SimulationViewState) {
    const result = view.columns[view.focus]?.result
    return html`<select part="measure" aria-label="Measure" @change=${(event: Event) => {
      this.session?.update({ measure: (event.target as HTMLSelectElement).value as SessionState['measure'] })
    }}>
      ${simulationMeasures.map(
        ({ name, label }) => html`<option
          value=${name}
          .selected=${name === view.measure.name}
          ?disabled=${(name === 'flips' || name === 'margin') && result && !result.details}
        >${label}</option>`,
      )}
    </select>
    <select part="order" aria-label="Order of classes" @change=${(event: Event) => {
      this.order = (event.target as HTMLSelectElement).value as 'class' | 'most affected'
    }}>
      <option value="class" ?selected=${this.#order(view) === 'class'}>Classes in order</option>
      <option value="most affected" ?selected=${this.#order(view) === 'most affected'}>Most affected first</option>
    </select>
    ${
      this.#many(view)
        ? html`<input part="search" class="search" type="search" placeholder="Search class" aria-label="Search for a class" .value=${this.search}
            @input=${(event: Event) => {
              this.search = (event.target as HTMLInputElement).value
            }} @keydown=${(event: KeyboardEvent) => {
              // Escape empties the field, and does not let go of the selection at the same time.
              if (event.key === 'Escape' && this.search !== '') event.stopPropagation()
            }} />`
        : nothing
    }`
  }

  #many({ classNames }: SimulationViewState): boolean {
    return classNames.length > manyClasses
  }

  #order(view: SimulationViewState): 'class' | 'most affected' {
    return this.order ?? (this.#many(view) ? 'most affected' : 'class')
  }

  #focus(view: SimulationViewState, column: SimulationColumn) {
    const { trueClass, classNames, finding, cell, measure } = view
    const { axis, result, loadable } = column
    const name = trueClass === null ? 'All classes' : classNames[trueClass]!
    const head = html`<div class="line">
      <h3 title=${trueClass === null ? nothing : view.fullNames[trueClass]!}>${name} · ${axis.label}</h3>
      ${
        trueClass !== null && cell
          ? html`<button part="show-images" title="Select the images of this class in all views" @click=${() => this.session && selectClassImages(this.session, trueClass)}>show images</button>`
          : nothing
      }
    </div>`
    if (!result)
      return html`${head}<vatun-state .of=${loadable} empty="${axis.label} has not been simulated yet." label="Simulating ${axis.label}"></vatun-state>`
    const failed =
      loadable.status === 'failed' ? html`<p class="error small" role="alert">${loadable.error.message}</p>` : nothing
    if (!cell)
      return html`${head}${failed}<p class="nothing muted">No image of ${trueClass === null ? 'any class' : name} has been simulated yet.</p>`
    const { series, strip, caption } = focusChart(view, column)
    return html`${head}${failed}
      <div class="caption small muted">${caption} · <span part="count">${this.#counted(view, column)}</span></div>
      <vatun-line-chart part="chart" .series=${series} .strip=${strip} .degrees=${result.degrees} .axis=${axis} .range=${measure.range}
        .value=${result.degrees.length > 1 ? cell.degree : undefined} snap x-label="" note=${imageCount(cell.images)}
        .label="${caption} against ${axis.label} for ${name}. ${finding} Degree" @vatun-value=${this.#degree}></vatun-line-chart>
      ${this.#details(view, column)}`
  }

  /** Under the chart: a panel of those that the tabs offer, or all at once where there is room; only the summary where a result has no more. */
  #details(view: SimulationViewState, column: SimulationColumn) {
    const { width, height } = this.#focusSize
    const all = width >= 560 && height >= 540
    const room = all ? (width - 24) / 2 : width
    const panels: Record<CellPanel, () => unknown> = {
      summary: () => summaryPanel(view, column, room, this.#apply(view, column)),
      flips: () => flipsPanel(view, column, all ? 6 : 12),
      breaking: () => breakingPanel(view, column),
      images: () =>
        imagesPanel(view, column, {
          session: this.session,
          room: Math.max(1, Math.floor((room - 64) / 42)),
          choose: ({ index, degree }) => this.session?.update({ image: index, degree }),
        }),
    }
    if (!view.cell?.flips) return html`<div class="details">${panels.summary()}</div>`
    if (all)
      return html`<div class="details all">
        ${cellPanels.map(({ name, label }) => html`<section aria-label=${label}><h4>${label}</h4>${panels[name]()}</section>`)}
      </div>`
    return html`${panelTabs(this.panel, (name) => {
      this.panel = name
    })}
      <div class="details" id="panel" role="tabpanel" tabindex="0" aria-labelledby="tab-${this.panel}">${panels[this.panel]()}</div>`
  }

  #apply({ cell, image }: SimulationViewState, { axis }: SimulationColumn) {
    if (!cell || image === null) return nothing
    return html`<button class="link" part="apply" title="Change the image in the testing view by ${formatDegree(axis, cell.degree)}" @click=${() => {
      const { session } = this
      session?.update({ pipeline: setAxisValue(session.state.pipeline, axis, cell.degree) })
    }}>try it</button>`
  }

  #counted({ cell, trueClass }: SimulationViewState, { loadable }: SimulationColumn): string {
    const seen = imageCount(cell?.images ?? 0)
    if (loadable.status !== 'running') return seen
    if (trueClass !== null) return `${seen} so far, refining`
    const { done, total, unit } = loadable.progress
    return `${formatCount(done)} of ${formatCount(total)} ${unit}, refining`
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.session?.clearSelection('simulation')
  }

  /** One undo takes back a whole movement of the line. */
  readonly #degree = ({ detail }: CustomEvent<ChartValueDetail>): void => {
    this.session?.update({ degree: detail.value }, { undoable: !this.#dragging })
    this.#dragging = !detail.done
  }

  readonly #choose = (event: CustomEvent<CellDetail>): void => {
    const { trueClass, axis } = event.detail
    // A degree is one of the axis.
    const degree = axis === this.session?.state.axis ? this.session.state.degree : null
    this.session?.update({ trueClass, axis, degree })
  }
}

function imageCount(n: number): string {
  return n === 1 ? '1 image' : `${formatCount(n)} images`
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-simulation': VatunSimulation
  }
}
