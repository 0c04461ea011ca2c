import { type SimulationColumn, type SimulationViewState, selectClassImages, simulationView } from '@vatun/core'
import { ElementSize, formatCount, panelLayout, VatunElement } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { focusChart } from './focus-series.js'
import { longestName, wantedWidth } from './grid-layout.js'
import type { CellDetail } from './simulation-grid.js'
import { simulationStyles } from './simulation-styles.js'

/**
 * Under which change the model fails, and for which classes: the mean softmax of every class against the degree of each change,
 * per true class, over the data set.
 *
 * @element vatun-simulation
 * @slot actions - At the right end of the header.
 * @csspart header - The title line.
 * @csspart title - The title; a double click on it maximises the panel in a workbench.
 * @csspart toolbar - Controls and chips beside the title.
 * @csspart grid - The small multiples.
 * @csspart order - Chooses the order of the classes.
 * @csspart chart - The cell in focus, large.
 * @csspart finding - What it shows, in words.
 * @csspart count - How many images the chart is of.
 * @csspart show-images - Selects the images of the class in focus.
 */
export class VatunSimulation extends VatunElement {
  static override styles = [VatunElement.styles, panelLayout, simulationStyles]

  @state() private order: 'class' | 'most affected' = 'class'
  readonly #view = this.observe(simulationView)
  readonly #size = new ElementSize(this)

  protected override render() {
    const view = this.#view.value
    return html`<div class="panel" @keydown=${this.#key}>
      ${this.panelHeader('Simulation', 'simulation', view && view.columns.length > 0 ? this.#orders() : nothing)} ${this.#body(view)}
    </div>`
  }

  #body(view: SimulationViewState | undefined) {
    const column = view?.columns[view.focus]
    if (!view || !column)
      return html`<vatun-state empty="How predictions move under each change of the images will be shown here."></vatun-state>`
    return html`<div class="body ${this.#size.width < 600 ? 'narrow' : ''}">
      <vatun-simulation-grid part="grid" style="flex-basis:clamp(50%,${wantedWidth(view.columns.length, longestName(view)) + 13}px,63%)" .view=${view} .order=${this.order} @vatun-cell=${this.#choose}></vatun-simulation-grid>
      <section class="focus" aria-label="Cell in focus">${this.#focus(view, column)}</section>
    </div>`
  }

  #orders() {
    return html`<select part="order" aria-label="Order of classes" @change=${(event: Event) => {
      this.order = (event.target as HTMLSelectElement).value as typeof this.order
    }}>
      <option value="class" ?selected=${this.order === 'class'}>Classes in order</option>
      <option value="most affected" ?selected=${this.order === 'most affected'}>Most affected first</option>
    </select>`
  }

  #focus(view: SimulationViewState, column: SimulationColumn) {
    const { trueClass, classNames, finding } = view
    const { axis, result, effect, loadable } = column
    const name = trueClass === null ? 'All classes' : classNames[trueClass]!
    const seen = effect ? (trueClass === null ? effect.images : effect.classes[trueClass]!.images) : 0
    const head = html`<div class="line">
      <h3>${name} · ${axis.label}</h3>
      ${
        trueClass !== null && seen > 0
          ? html`<button part="show-images" title="Select the images of this class in all views" @click=${() => this.session && selectClassImages(this.session, trueClass)}>show images</button>`
          : nothing
      }
    </div>`
    if (!result)
      return html`${head}<vatun-state .of=${loadable} empty="${axis.label} has not been simulated yet." label="Simulating ${axis.label}"></vatun-state>`
    const { series, strip, label } = focusChart(view, column)
    return html`${head}
      ${loadable.status === 'failed' ? html`<p class="error small" role="alert">${loadable.error.message}</p>` : nothing}
      ${
        seen === 0
          ? html`<p class="nothing muted">No image of ${trueClass === null ? 'any class' : name} has been simulated yet.</p>`
          : html`<div class="caption small muted">
              ${trueClass === null ? 'accuracy by true class' : 'mean confidence by predicted class'} · <span part="count">${this.#counted(view, column)}</span>
            </div>
            <vatun-line-chart part="chart" .series=${series} .strip=${strip} .degrees=${result.degrees} .axis=${axis}
            .label="${label}. ${finding}"></vatun-line-chart>`
      }
      <p part="finding" class="finding">${finding.replaceAll(' %', '\u00a0%')}</p>`
  }

  #counted(view: SimulationViewState, { effect, loadable }: SimulationColumn): string {
    const seen = effect ? (view.trueClass === null ? effect.images : effect.classes[view.trueClass]!.images) : 0
    if (loadable.status !== 'running') return `${formatCount(seen)} images`
    const { done, total, unit } = loadable.progress
    return `${formatCount(done)} of ${formatCount(total)} ${unit}, refining`
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.session?.clearSelection('simulation')
  }

  readonly #choose = (event: CustomEvent<CellDetail>): void => {
    const { trueClass, axis } = event.detail
    this.session?.update({ trueClass, axis })
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-simulation': VatunSimulation
  }
}
