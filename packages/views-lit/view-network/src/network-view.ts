import {
  choosePattern,
  type FilterRef,
  filterPosition,
  type NetworkViewState,
  networkView,
  valueSoFar,
} from '@vatun/core'
import {
  ElementSize,
  formatCount,
  layerLabel,
  layerRamp,
  type Picture,
  panelLayout,
  VatunElement,
} from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { faintestDot } from './draw-dots.js'
import type { FilterDetail, LayerDetail } from './filter-events.js'
import { networkStyles } from './network-styles.js'
import type { PatternDetail } from './pattern-list.js'

/**
 * What the network has learned: every filter of every convolution layer as a dot, how active each is for the selected images
 * compared with all images, the images that activate a filter most, and the neural patterns that images share.
 *
 * @element vatun-network
 * @slot actions - At the right end of the header.
 * @csspart header - The title line.
 * @csspart title - The title; a double click on it maximises the panel in a workbench.
 * @csspart toolbar - Controls and chips beside the title.
 * @csspart layer - Chooses a layer to be shown alone.
 * @csspart map - All filters; `data-filters` on its canvas counts them.
 * @csspart finding - What is to be seen, in words.
 * @csspart legend - What the strength of a dot means.
 * @csspart top-images - The images of the chosen filter.
 * @csspart pattern-list - The recommended patterns.
 */
export class VatunNetwork extends VatunElement {
  static override styles = [VatunElement.styles, panelLayout, networkStyles]

  readonly #view = this.observe(networkView)
  readonly #selection = this.observe((session) => session.pick('selection'))
  readonly #size = new ElementSize(this)
  /** The layer that is shown alone. */
  @state() private only: string | null = null

  /** What of the view can be taken along as a picture now. */
  get pictures(): readonly Picture[] {
    const map = this.renderRoot.querySelector('vatun-filter-map')
    if (!map) return []
    return [{ file: 'network.png', content: 'the filters in sight', draw: () => map.picture() }]
  }

  protected override render() {
    const view = this.#view.value
    return html`<div class="panel">${this.panelHeader('Network', 'network', view ? this.#toolbar(view) : nothing)}
      ${
        view
          ? html`<div class="body ${this.#size.width < 480 ? 'narrow' : ''}" @vatun-retry=${this.#retry} @vatun-filter=${this.#chooseFilter}
            @vatun-image=${this.#chooseImage} @vatun-pattern=${this.#choosePattern} @keydown=${this.#key}>
            ${this.#left(view)} ${this.#right(view)}
          </div>`
          : html`<vatun-state empty="The filters of the network will be shown here."></vatun-state>`
      }</div>`
  }

  #toolbar({ filters, layers }: NetworkViewState) {
    const model = this.session?.subject.model
    return html`${
      model && layers.length > 1
        ? html`<select part="layer" aria-label="Layer" title=${this.only ?? 'Layers'} @change=${(event: Event) => {
            this.only = (event.target as HTMLSelectElement).value || null
          }}>
            <option value="" .selected=${this.only === null}>all ${layers.length} layers</option>
            ${layers.map(({ name }) => html`<option value=${name} .selected=${this.only === name}>${layerLabel(model, name)}</option>`)}
          </select>`
        : nothing
    }
    <span class="muted small">${formatCount(layers.find(({ name }) => name === this.only)?.filters ?? filters)} filters</span>`
  }

  #left(view: NetworkViewState) {
    const { layers, emphasis, activations, filter, patterns, pattern, finding } = view
    if (layers.length === 0)
      return html`<div class="left"><vatun-state empty="This model has no convolution layer."></vatun-state></div>`
    return html`<div class="left">
      <vatun-filter-map
        part="map"
        .layers=${layers}
        .only=${this.only}
        @vatun-layer=${({ detail }: CustomEvent<LayerDetail>) => {
          this.only = detail.layer
        }}
        .emphasis=${emphasis}
        .activations=${(activations && valueSoFar(activations)) ?? null}
        .compare=${view.selection !== null}
        .filter=${filter}
        .path=${pattern === null ? [] : valueSoFar(patterns)!.patterns[pattern]!.items}
        .label=${finding}
      ></vatun-filter-map>
      <div class="foot">
        ${activations?.status === 'failed' ? html`<span class="error small" role="alert">${activations.error.message}</span><button @click=${this.#retry}>Try again</button>` : html`<p part="finding" class="small">${finding || unknown(view)}</p>`}
        ${activations?.status === 'running' ? html`<vatun-progress label="activations" share=${activations.progress.done / Math.max(1, activations.progress.total)}></vatun-progress>` : nothing}
        ${emphasis && emphasis.scale > 0 ? this.#legend(view) : nothing}
      </div>
      ${filter ? this.#strip(view, filter) : nothing}
    </div>`
  }

  #legend({ selection, emphasis, layers }: NetworkViewState) {
    const color = layerRamp(Math.floor(layers.length / 2), layers.length)
    const faintest = faintestDot(this.dark)
    const end = `${Math.round(emphasis!.scale * 100)} %`
    const title = selection
      ? `Solid: ${end} of the layer's strongest average above the filter's own average`
      : `Solid: ${end} or more of the layer's strongest average`
    return html`<span class="legend small muted" part="legend" title=${title}>
      ${selection ? 'as usual' : 'silent'}
      ${[0, 1 / 3, 2 / 3, 1].map((t) => faintest + t * (1 - faintest)).map((opacity) => html`<i style="background:${color};opacity:${opacity}"></i>`)}
      ${selection ? 'more' : 'active'}
    </span>`
  }

  #strip(view: NetworkViewState, filter: FilterRef) {
    const position = filterPosition(view.layers, filter)
    const value = view.activations && valueSoFar(view.activations)
    const usual = value ? `${value.baseline[position]!.toPrecision(2)} on average` : ''
    const note = value && view.selection ? `${value.values[position]!.toPrecision(2)} here, ${usual}` : usual
    const own = this.#selection.value?.find((clause) => clause.source === 'network')
    return html`<vatun-top-images
      part="top-images"
      .session=${this.session}
      .filter=${filter}
      .images=${view.topImages}
      .note=${note}
      .selected=${own?.indices ?? []}
      @vatun-images=${(event: CustomEvent<{ indices: number[] }>) =>
        this.session?.select('network', `top of ${filter.layer} · ${filter.filter}`, event.detail.indices)}
      @vatun-close=${() => this.session?.update({ filter: null })}
    ></vatun-top-images>`
  }

  #right({ patterns, pattern, filter, image }: NetworkViewState) {
    return html`<section class="right" aria-label="Patterns">
      <vatun-pattern-list
        part="pattern-list"
        .session=${this.session}
        .patterns=${patterns}
        .chosen=${pattern}
        .filter=${filter}
        .image=${image}
      ></vatun-pattern-list>
    </section>`
  }

  readonly #chooseFilter = (event: CustomEvent<FilterDetail>): void => {
    const { filter } = event.detail
    const now = this.session?.state.filter
    if (this.only !== null && filter.layer !== this.only) this.only = null
    const same = now?.layer === filter.layer && now.filter === filter.filter
    this.session?.update({ filter: same ? null : filter })
  }

  readonly #chooseImage = (event: CustomEvent<{ readonly index: number }>): void => {
    const { index } = event.detail
    this.session?.select('network', `image ${index}`, [index])
  }

  readonly #choosePattern = (event: CustomEvent<PatternDetail>): void => {
    if (this.session) choosePattern(this.session, event.detail.position)
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.session) return
    if (this.session.state.filter) this.session.update({ filter: null })
    else if (this.only !== null) this.only = null
    else this.session.clearSelection('network')
  }

  readonly #retry = (): void => this.#view.restart()
}

/** Why there are no activations. */
function unknown({ activations }: NetworkViewState): string {
  if (!activations) return 'How active the filters are is not known here'
  return activations.status === 'waiting' ? 'How active they are is shown once images are analysed' : ''
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-network': VatunNetwork
  }
}
