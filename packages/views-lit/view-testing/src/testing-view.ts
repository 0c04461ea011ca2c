import { classLabels, type TestingViewState, testingView } from '@vatun/core'
import { ElementSize, focusColors, type Picture, VatunElement } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { BehaviorSubject, Subject } from 'rxjs'
import { changeControls } from './change-controls.js'
import { classTable } from './class-table.js'
import { classTableStyles } from './class-table-styles.js'
import { controlStyles } from './control-styles.js'
import { explainControls } from './explain-controls.js'
import { figureStyles } from './figure-styles.js'
import { findingOf } from './finding.js'
import { ImageIntake } from './image-intake.js'
import { imagePair } from './image-pair.js'
import { imageStrip, neighbourOf } from './image-strip.js'
import { PipelineEditor } from './pipeline-editor.js'
import { fillIn, type RegionFill, type RegionTool } from './region.js'
import type { RegionDetail } from './region-editor.js'
import { classesInFocus, sweepCharts, sweepFailure } from './sweep-charts.js'
import { sweepStyles } from './sweep-styles.js'
import { testingPictures } from './testing-pictures.js'
import { testingStyles } from './testing-styles.js'
import { Visible } from './visible.js'

/**
 * The testing view: one image and a changed copy side by side, what the model says of both and why, and how the prediction moves
 * over the whole range of every change. Fills its box; give it a height.
 *
 * Changes are applied in a fixed order, whatever the order in which they were made: region, flips, rotation, hue, brightness, blur, others in the
 * order in which they were made, attacks.
 *
 * @element vatun-testing
 * @slot actions - Buttons at the right end of the header.
 * @csspart header - The title line.
 * @csspart title - The title; a double click on it maximises the panel in a workbench.
 * @csspart toolbar - Controls and chips beside the title.
 */
export class VatunTesting extends VatunElement {
  static override styles = [
    VatunElement.styles,
    figureStyles,
    classTableStyles,
    controlStyles,
    sweepStyles,
    testingStyles,
  ]

  @state() private opacity = 0.5
  @state() private tool: RegionTool | null = null
  /** Of the next region; one that is there has its own. */
  @state() private fill: RegionFill = 'black'

  readonly #showMap = new BehaviorSubject(true)
  readonly #intake = new ImageIntake(this)
  readonly #retry = new Subject<void>()
  readonly #visible = new Visible(this)
  readonly #size = new ElementSize(this)
  readonly #images = new ElementSize(this)
  readonly #model = this.observe((session) => {
    this.#intake.belongTo(session)
    return testingView(session, {
      upload: this.#intake.upload,
      retry: this.#retry,
      explained: this.#showMap,
      sweepsVisible: this.#visible.visible$,
      topClasses: 10,
    })
  })
  readonly #editor = new PipelineEditor(() => this.session)

  /** What of the view can be taken along as a picture now. */
  get pictures(): readonly Picture[] {
    return testingPictures(this.renderRoot)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('vatun-retry', this.#onRetry)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.removeEventListener('vatun-retry', this.#onRetry)
    this.#editor.moved()
    this.tool = null
  }

  protected override render() {
    const model = this.#model.value
    const { problem, dragging } = this.#intake
    return html`<div class="panel">${this.panelHeader('Testing', 'testing', this.#toolbar(model))}
      ${
        problem
          ? html`<div class="notice error" role="alert">
              <span>${problem}</span>
              <button class="icon" aria-label="Dismiss" @click=${() => this.#intake.dismiss()}>✕</button>
            </div>`
          : nothing
      }
      <div class="body" @keydown=${this.#onKey}>${model?.image ? this.#layout(model) : this.#empty(model)}</div>
      ${dragging ? html`<div class="drop">Drop an image to test it</div>` : nothing}</div>`
  }

  protected override willUpdate(): void {
    // An upload that has given way to a data set image does not come back with the next connect.
    if (this.#model.value?.image?.kind === 'dataset') this.#intake.remove()
  }

  protected override updated(): void {
    this.#visible.watch(this.renderRoot.querySelector('.sweeps'))
    this.#images.watch(this.renderRoot.querySelector('.images'))
  }

  #toolbar(model: TestingViewState | undefined) {
    const { session } = this
    if (!session || !model) return nothing
    const upload = model.image?.kind === 'upload' ? this.#intake.upload.value : null
    // Width of everything else on the header line.
    const others = 370 + (model.strip.selected ? 190 : 0) + (upload ? 310 : 0)
    const count = Math.max(1, Math.min(9, Math.floor((this.#size.width - others) / 26)))
    return html`${imageStrip(session, model.strip, count)}
      <button ?disabled=${!model.can.predict} title="Test an image of your own" @click=${this.#pickFile}>Upload…</button>
      <input class="file" type="file" accept="image/*" hidden @change=${this.#intake.choose} />
      ${
        upload
          ? html`<vatun-chip class="upload" label=${upload.name} @vatun-remove=${() => this.#intake.remove()}></vatun-chip>
              ${upload.notice ? html`<span class="small muted" role="status">${upload.notice}</span>` : nothing}`
          : nothing
      }`
  }

  #empty(model: TestingViewState | undefined) {
    const first = model && neighbourOf(model.strip, 1)
    return html`<div class="empty">
      <span class="muted">One image under change: choose one in another panel, or drop one here.</span>
      <span>
        ${
          first === undefined
            ? nothing
            : html`<button @click=${() => this.session?.update({ image: first })}>Show the first image</button>`
        }
        <button ?disabled=${!model?.can.predict} @click=${this.#pickFile}>Upload…</button>
      </span>
    </div>`
  }

  #layout(model: TestingViewState) {
    const session = this.session!
    const { axes, model: info } = session.subject
    const names = classLabels(info.classNames)
    const colors = focusColors(names.length, model.focused, names.length > 10 ? classesInFocus(model) : [])
    return html`<div class="layout" style="--axes:${axes.length}">
      ${imagePair({
        session,
        state: model,
        names,
        colors,
        showMap: this.#showMap.value,
        opacity: this.opacity,
        region: { tool: this.tool, draw: this.#onRegion, end: () => this.#chooseTool(null) },
      })}
      <div class="classes">${classTable(model, info.classNames, colors, this.#rows)}</div>
      ${explainControls({
        model: info,
        state: model,
        shown: this.#showMap.value,
        opacity: this.opacity,
        show: (shown) => {
          this.#showMap.next(shown)
          this.requestUpdate()
        },
        setOpacity: (opacity) => {
          this.opacity = opacity
        },
        choose: (explain) => session.update({ explain }),
        retry: this.#onRetry,
      })}
      ${changeControls({
        axes,
        pipeline: model.pipeline,
        tool: this.tool,
        fill: fillIn(model.pipeline) ?? this.fill,
        chooseFill: this.#chooseFill,
        disabled: !model.can.predict,
        change: this.#editor.change,
        moved: this.#editor.moved,
        chooseTool: this.#chooseTool,
      })}
      <section class="sweeps" aria-label="Where does it flip?">
        <div class="head">
          <h3>Where does it flip?</h3>
          <span class="small muted finding" role="status">${findingOf(model, names)}</span>
          ${sweepFailure(model, this.#onRetry)}
          ${model.can.sweep ? html`<span class="small muted axes">up: probability of each class</span>` : nothing}
        </div>
        ${sweepCharts({
          axes,
          state: model,
          names,
          colors,
          labels: this.#size.width / axes.length > 270,
          change: this.#editor.sweep,
        })}
      </section>
    </div>`
  }

  /** Classes that the table has room for beside the images. */
  get #rows(): number {
    const title = 22
    const drift = 24
    return Math.max(5, Math.min(10, Math.floor((this.#images.height - title - drift) / 25)))
  }

  readonly #onRegion = ({ detail }: CustomEvent<RegionDetail>): void => this.#editor.drawRegion(detail, this.fill)

  readonly #chooseFill = (fill: RegionFill): void => {
    this.fill = fill
    this.#editor.fillRegion(fill)
  }

  readonly #chooseTool = (tool: RegionTool | null): void => {
    this.tool = tool
    if (tool) void this.updateComplete.then(() => this.renderRoot.querySelector('vatun-testing-region')?.focus())
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !this.tool) return
    event.stopPropagation()
    this.#chooseTool(null)
  }

  readonly #onRetry = (): void => this.#retry.next()

  readonly #pickFile = (): void => this.renderRoot.querySelector<HTMLInputElement>('input.file')?.click()
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-testing': VatunTesting
  }
}
