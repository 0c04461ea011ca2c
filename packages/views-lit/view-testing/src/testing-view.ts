import {
  type Axis,
  type ImageBatch,
  type Loadable,
  type Pipeline,
  type PredictResult,
  type Session,
  setAxisValue,
  type TestingViewState,
  testingView,
  toVatunError,
  valueSoFar,
} from '@vatun/core'
import { classColors, ElementSize, VatunElement } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { state } from 'lit/decorators.js'
import { BehaviorSubject, Subject } from 'rxjs'
import { changeControls } from './change-controls.js'
import { classTable } from './class-table.js'
import { explainControls } from './explain-controls.js'
import { findingOf } from './finding.js'
import { imageFigure } from './image-figure.js'
import { imageStrip, neighbourOf } from './image-strip.js'
import { type ReadUpload, readUpload } from './read-upload.js'
import { type RegionTool, withRegion } from './region.js'
import type { RegionDetail } from './region-editor.js'
import { classesInFocus, sweepCharts } from './sweep-charts.js'
import { testingStyles } from './testing-styles.js'
import { Visible } from './visible.js'

/**
 * The testing view: one image and a changed copy side by side, what the model says of both and why, and how the prediction moves
 * over the whole range of every change. Fills its box; give it a height.
 *
 * Changes are applied in a fixed order, whatever the order in which they were made: region, flips, rotation, hue, brightness, blur, FGSM.
 *
 * @element vatun-testing
 * @slot actions - Buttons at the right end of the header.
 * @csspart header - Header line with title, strip and upload.
 */
export class VatunTesting extends VatunElement {
  static override styles = [VatunElement.styles, testingStyles]

  @state() private showMap = true
  @state() private opacity = 0.6
  @state() private tool: RegionTool | null = null
  @state() private problem = ''
  @state() private dragging = false

  readonly #upload = new BehaviorSubject<ReadUpload | null>(null)
  readonly #retry = new Subject<void>()
  readonly #visible = new Visible(this)
  readonly #size = new ElementSize(this)
  readonly #body = new ElementSize(this)
  readonly #model = this.observe((session) => {
    // An upload has the input size of the model it was brought to.
    if (session !== this.#uploadedTo) this.#upload.next(null)
    this.#uploadedTo = session
    return testingView(session, {
      upload: this.#upload,
      retry: this.#retry,
      sweepsVisible: this.#visible.visible$,
      topClasses: 10,
    })
  })
  #uploadedTo: Session | undefined
  /** What is being dragged, so that one undo takes back the whole movement. */
  #moving: string | null = null
  /** Tells the latest upload from those before it. */
  #uploads = 0

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('vatun-retry', this.#onRetry)
    this.addEventListener('dragover', this.#onDragOver)
    this.addEventListener('dragleave', this.#onDragLeave)
    this.addEventListener('drop', this.#onDrop)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.removeEventListener('vatun-retry', this.#onRetry)
    this.removeEventListener('dragover', this.#onDragOver)
    this.removeEventListener('dragleave', this.#onDragLeave)
    this.removeEventListener('drop', this.#onDrop)
    this.#uploads++
    this.#moving = null
    this.dragging = false
    this.tool = null
  }

  protected override render() {
    const model = this.#model.value
    return html`<div class="panel">${this.panelHeader('Testing', 'testing', this.#toolbar(model))}
      ${
        this.problem
          ? html`<div class="notice error" role="alert">
              <span>${this.problem}</span>
              <button class="icon" aria-label="Dismiss" @click=${() => this.#setProblem('')}>✕</button>
            </div>`
          : nothing
      }
      <div class="body" @keydown=${this.#onKey}>${model?.image ? this.#layout(model) : this.#empty(model)}</div>
      ${this.dragging ? html`<div class="drop">Drop an image to test it</div>` : nothing}</div>`
  }

  protected override willUpdate(): void {
    // An upload that has given way to a data set image does not come back with the next connect.
    if (this.#upload.value && this.#model.value?.image?.kind === 'dataset') this.#upload.next(null)
  }

  protected override updated(): void {
    this.#visible.watch(this.renderRoot.querySelector('.sweeps'))
    this.#body.watch(this.renderRoot.querySelector('.body'))
  }

  #toolbar(model: TestingViewState | undefined) {
    const { session } = this
    if (!session || !model) return nothing
    const upload = model.image?.kind === 'upload' ? this.#upload.value : null
    // Width of everything else on the header line.
    const others = 370 + (model.strip.selected ? 190 : 0) + (upload ? 310 : 0)
    const count = Math.max(1, Math.min(9, Math.floor((this.#size.width - others) / 26)))
    return html`${imageStrip(session, model.strip, count)}
      <button ?disabled=${!model.can.predict} title="Test an image of your own" @click=${this.#pickFile}>Upload…</button>
      <input class="file" type="file" accept="image/*" hidden @change=${this.#onFile} />
      ${
        upload
          ? html`<vatun-chip class="upload" label=${upload.name} @vatun-remove=${() => this.#upload.next(null)}></vatun-chip>
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
    const names = info.classNames
    const colors = classColors(names.length, names.length > 10 ? classesInFocus(model) : [])
    const changed = model.pipeline.length > 0
    const source = this.#pixels(model, model.original)
    const index = model.image?.kind === 'dataset' ? model.image.index : undefined
    const shared = {
      names,
      colors,
      input: info.input,
      scale: model.explain.scale,
      opacity: this.opacity,
      session,
      can: model.can.predict,
    }
    const map = (loadable: Loadable<unknown>, explained: TestingViewState['explain']['original']) =>
      this.showMap && loadable.status !== 'failed' ? explained : null
    return html`<div class="layout" style="--axes:${axes.length}">
      <div class="images">
        ${imageFigure({
          ...shared,
          title: 'Original',
          aside: model.label === null ? '' : `true: ${names[model.label] ?? model.label}`,
          prediction: model.original,
          pixels: source,
          index,
          explained: map(model.original, model.explain.original),
          region: {
            tool: this.tool,
            pipeline: model.pipeline,
            draw: this.#onRegion,
            end: () => this.#chooseTool(null),
          },
        })}
        ${imageFigure({
          ...shared,
          title: 'Changed',
          aside: changed ? '' : 'nothing yet',
          prediction: model.changed,
          pixels: changed ? valueSoFar(model.changed)?.image : source,
          index: changed ? undefined : index,
          explained: map(model.changed, model.explain.changed),
        })}
      </div>
      <div class="classes">${classTable(model, names, colors, this.#rows)}</div>
      ${explainControls({
        model: info,
        state: model,
        shown: this.showMap,
        opacity: this.opacity,
        show: (shown) => {
          this.showMap = shown
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
        disabled: !model.can.predict,
        change: this.#change,
        moved: this.#moved,
        chooseTool: this.#chooseTool,
      })}
      <section class="sweeps" aria-label="Where does it flip?">
        <div class="head">
          <h3>Where does it flip?</h3>
          <span class="small muted finding" role="status">${findingOf(model, names)}</span>
          ${this.#sweepFailure(model)}
        </div>
        ${sweepCharts({
          axes,
          state: model,
          names,
          colors,
          labels: this.#size.width / axes.length > 270,
          change: this.#onSweep,
        })}
      </section>
    </div>`
  }

  /** One sentence for all charts, since they are too small for one each. */
  #sweepFailure(model: TestingViewState) {
    if (!model.can.sweep) return html`<span class="small muted">No engine here tries out a whole range.</span>`
    const failed = Object.values(model.sweeps).find((sweep) => sweep.status === 'failed')
    if (failed?.status !== 'failed') return nothing
    const { message } = failed.error
    return html`<span class="status small error" role="alert" title=${message}>${message}</span>
      <button class="link small" @click=${this.#onRetry}>Try again</button>`
  }

  /** Classes that the table has room for; follows the layout in the style sheet. */
  get #rows(): number {
    const { width, height } = this.#body
    if (width <= 690) return 5
    const charts = height >= 440 ? height / 4 : 124
    return Math.max(5, Math.min(10, Math.floor((height - charts - 94) / 25)))
  }

  /** What there is to see of the original: what the model saw, or what was uploaded. */
  #pixels(model: TestingViewState, prediction: Loadable<PredictResult>): ImageBatch | undefined {
    return valueSoFar(prediction)?.image ?? (model.image?.kind === 'upload' ? model.image.image : undefined)
  }

  readonly #change = (pipeline: Pipeline, moving?: string): void => {
    this.session?.update({ pipeline }, { undoable: moving === undefined || moving !== this.#moving })
    this.#moving = moving ?? null
  }

  readonly #moved = (): void => {
    this.#moving = null
  }

  readonly #onSweep = (axis: Axis, value: number, done: boolean): void => {
    if (!this.session) return
    this.#change(setAxisValue(this.session.state.pipeline, axis, value), `sweep ${axis.name}`)
    if (done) this.#moved()
  }

  readonly #onRegion = ({ detail }: CustomEvent<RegionDetail>): void => {
    if (!this.session) return
    this.#change(withRegion(this.session.state.pipeline, detail.region), 'region')
    if (detail.done) this.#moved()
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

  readonly #onFile = (event: Event): void => {
    const input = event.target as HTMLInputElement
    const file = input.files?.[0]
    if (file) void this.#read(file)
    // The same file can be chosen again.
    input.value = ''
  }

  readonly #onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return
    event.preventDefault()
    this.dragging = true
  }

  readonly #onDragLeave = (event: DragEvent): void => {
    if (!this.contains(event.relatedTarget as Node | null)) this.dragging = false
  }

  readonly #onDrop = (event: DragEvent): void => {
    this.dragging = false
    const files = event.dataTransfer?.files ?? []
    if (files.length === 0) return
    event.preventDefault()
    if (files.length > 1) this.#setProblem(`${files.length} files dropped, showing the first.`)
    void this.#read(files[0]!, files.length > 1)
  }

  async #read(file: File, keepProblem = false): Promise<void> {
    const { session } = this
    if (!session?.ports.predict) {
      this.#setProblem('Uploads need an engine that predicts, and this page has none.')
      return
    }
    const turn = ++this.#uploads
    try {
      const upload = await readUpload(file, session.subject.model.input)
      if (turn !== this.#uploads) return
      if (!keepProblem) this.#setProblem('')
      this.#upload.next(upload)
    } catch (error) {
      if (turn === this.#uploads) this.#setProblem(toVatunError(error, 'upload').message)
    }
  }

  #setProblem(problem: string): void {
    this.problem = problem
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-testing': VatunTesting
  }
}
