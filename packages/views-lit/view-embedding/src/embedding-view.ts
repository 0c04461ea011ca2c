import {
  type EmbeddingViewState,
  embeddingView,
  manyClasses,
  type SessionState,
  selectClassInEmbedding,
  selectInEmbedding,
  selectWrongInEmbedding,
} from '@vatun/core'
import { classColors, ElementSize, formatCount, type Picture, VatunElement } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'
import type { ClassDetail } from './confusion-table.js'
import { classesOf, confidenceScale, dragButtons, imageTip, zoomButtons } from './embedding-parts.js'
import { embeddingStyles } from './embedding-styles.js'
import { type PointPaint, paintPoints } from './paint-points.js'
import type { VatunScatter } from './scatter.js'
import type { HoverDetail, LassoDetail, PickDetail } from './scatter-events.js'

const modes: readonly [SessionState['colorMode'], string][] = [
  ['class', 'class'],
  ['confidence', 'confidence'],
  ['correctness', 'right/wrong'],
]

/** Least side of a thumbnail of the ambiguous images with its frame, and the width of that frame, in CSS pixels. */
const tile = 38
const frame = 6

/**
 * The image set as a map: images that the model sees alike lie together. Shows where it is wrong and unsure, and selects images
 * for the other views.
 *
 * @element vatun-embedding
 * @slot actions - Buttons at the end of the header.
 * @csspart header - The title line.
 * @csspart title - The title; a double click on it maximises the panel in a workbench.
 * @csspart toolbar - Controls and chips beside the title.
 */
export class VatunEmbedding extends VatunElement {
  static override styles = [VatunElement.styles, embeddingStyles]

  readonly #view = this.observe(embeddingView)
  readonly #selection = this.observe((session) => session.pick('selection'))
  readonly #stripSize = new ElementSize(this)
  @state() private tip: HoverDetail | null = null
  @state() private drag: 'lasso' | 'pan' = 'lasso'
  @query('vatun-scatter') private readonly scatter!: VatunScatter | null
  #paint: { readonly key: readonly unknown[]; readonly value: PointPaint } | undefined

  /** What of the view can be taken along as a picture now. */
  get pictures(): readonly Picture[] {
    const { scatter } = this
    if (!scatter) return []
    return [{ file: 'embedding.png', content: 'the map as it is seen', draw: () => scatter.picture() }]
  }

  protected override render() {
    const view = this.#view.value
    if (!view)
      return html`<div class="frame">
        ${this.panelHeader('Embedding', 'embedding')}<vatun-state empty="No session yet."></vatun-state>
      </div>`
    const colors = this.#colors(view)
    return html`<div class="frame">
      ${this.panelHeader('Embedding', 'embedding', this.#toolbar(view))}
      <div class="body">
        <div class="map">
          ${this.#map(view, colors)}
          ${
            view.points?.x.length
              ? html`${zoomButtons((factor) => this.scatter?.zoomBy(factor))}
                  <div class="footer small">${this.#footer(view)}</div>`
              : nothing
          }
        </div>
        ${view.summary?.images === 0 ? nothing : html`<div class="side ${(view.summary?.classes.length ?? 0) > manyClasses ? 'many' : ''}">${this.#side(view, colors)}</div>`}
      </div>
      ${imageTip(this.session, view, this.tip)}
    </div>`
  }

  protected override updated(): void {
    this.#stripSize.watch(this.renderRoot.querySelector('.strip'))
  }

  #toolbar(view: EmbeddingViewState) {
    return html`${view.points ? html`<span class="method muted">${this.#method(view)}</span>` : nothing}
    <div class="segmented" role="group" aria-label="Colour by">
      ${modes.map(
        ([mode, name]) => html`<button
          data-mode=${mode}
          aria-pressed=${view.colorMode === mode}
          @click=${() => this.session?.update({ colorMode: mode })}
        >
          ${name}
        </button>`,
      )}
    </div>`
  }

  #map(view: EmbeddingViewState, colors: readonly string[]) {
    const { points, embedding } = view
    if (!points)
      return html`<vatun-state
        class="plot"
        .of=${embedding}
        label="Embedding"
        empty="A map of the images appears here once they are analysed."
      ></vatun-state>`
    if (points.x.length === 0)
      return html`<vatun-state class="plot" empty="There are no images to show."></vatun-state>`
    return html`<vatun-scatter
      class="plot"
      .session=${this.session}
      .points=${points}
      .paint=${this.#paintOf(view, colors)}
      .emphasised=${view.emphasised}
      .hovered=${view.hovered}
      .marked=${view.image}
      drag=${this.drag}
      label="${this.#method(view)} of ${formatCount(points.x.length)} images. ${view.finding} Arrow keys move between images, Enter selects."
      @vatun-pick=${this.#pick}
      @vatun-lasso=${this.#circle}
      @vatun-hover=${this.#hover}
    ></vatun-scatter>`
  }

  #footer(view: EmbeddingViewState) {
    const { summary } = view
    const own = this.#selection.value?.find(({ source }) => source === 'embedding')
    const progress = view.embedding.status === 'running' ? view.embedding : view.predictions
    return html`${
      summary
        ? html`<button
              class="wrong"
              data-action="select-wrong"
              aria-pressed=${own?.label === 'wrong'}
              ?disabled=${summary.wrong === 0}
              title="Select the images that are predicted wrong"
              @click=${() => this.session && selectWrongInEmbedding(this.session)}
            >
              <span class="ring"></span>${formatCount(summary.wrong)} wrong
            </button>`
        : nothing
    }
      ${view.colorMode === 'confidence' ? confidenceScale(this.dark) : nothing}
      <vatun-state class="progress" .of=${view.points ? progress : undefined}></vatun-state>
      <span class="spacer"></span>
      ${dragButtons(this.drag, (drag) => {
        this.drag = drag
      })}`
  }

  #side(view: EmbeddingViewState, colors: readonly string[]) {
    const { summary } = view
    if (!summary)
      return html`<vatun-state
        .of=${view.predictions}
        label="Predictions"
        empty="Class counts, confusions and ambiguous images appear here."
      ></vatun-state>`
    const own = this.#selection.value?.find(({ source }) => source === 'embedding')
    return html`<p class="visually-hidden">${view.finding}</p>
      ${classesOf(summary, { colors, swatches: view.colorMode === 'class', active: own?.label ?? '', choose: this.#chooseClass })}
      <section class="ambiguous" aria-label="Most ambiguous images">
        <h3 class="small muted">Most ambiguous</h3>
        <div class="strip">${this.#strip(view)}</div>
      </section>`
  }

  #strip(view: EmbeddingViewState) {
    const { width, height } = this.#stripSize
    const columns = Math.max(1, Math.floor(width / tile))
    const side = Math.min(56, Math.floor(width / columns))
    const fitting = columns * Math.max(1, Math.floor(height / side))
    return view.ambiguous.slice(0, fitting).map(
      (index) => html`<vatun-thumbnail
        interactive
        .session=${this.session}
        index=${index}
        size=${side - frame}
        ?selected=${view.image === index}
        @click=${(event: MouseEvent) => this.#choose(index, event.shiftKey)}
      ></vatun-thumbnail>`,
    )
  }

  #method(view: EmbeddingViewState): string {
    return view.embedding.status === 'waiting' ? '' : (view.embedding.value?.method ?? '')
  }

  #colors(view: EmbeddingViewState): readonly string[] {
    return classColors(this.session?.subject.model.classNames.length ?? 0, view.focused)
  }

  #paintOf(view: EmbeddingViewState, colors: readonly string[]): PointPaint {
    const key = [view.points, view.colorMode, this.dark, colors.join()]
    if (!this.#paint || key.some((part, i) => part !== this.#paint?.key[i])) {
      const theme = { dark: this.dark, ink: getComputedStyle(this).color }
      this.#paint = { key, value: paintPoints(view.points!, view.colorMode, colors, theme) }
    }
    return this.#paint.value
  }

  #choose(index: number, add: boolean): void {
    if (!this.session) return
    selectInEmbedding(this.session, [index], add ? 'add' : 'replace')
    if (!add) this.session.update({ image: index })
  }

  readonly #pick = ({ detail }: CustomEvent<PickDetail>): void => {
    if (detail.index !== null) this.#choose(detail.index, detail.add)
    else if (!detail.add) this.session?.clearSelection('embedding')
  }

  readonly #circle = ({ detail }: CustomEvent<LassoDetail>): void => {
    if (this.session) selectInEmbedding(this.session, detail.indices, detail.add ? 'add' : 'replace')
  }

  readonly #hover = ({ detail }: CustomEvent<HoverDetail>): void => {
    this.tip = detail
    this.session?.update({ hovered: detail.index })
  }

  readonly #chooseClass = ({ detail }: CustomEvent<ClassDetail>): void => {
    if (this.session) selectClassInEmbedding(this.session, detail.label, detail.predicted)
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-embedding': VatunEmbedding
  }
}
