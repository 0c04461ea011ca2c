import type { Session, ViewName } from '@vatun/core'
import { type CSSResultGroup, html, LitElement, nothing, type TemplateResult } from 'lit'
import { property } from 'lit/decorators.js'
import type { Observable } from 'rxjs'
import { controls } from './controls.js'
import { Observed } from './observed.js'
import { luminance } from './palette.js'
import { TimeSlices } from './time-slices.js'
import { tokens } from './tokens.js'

/** Shared by all elements of the page: half of a frame, so that the browser has the other half for layout and paint. */
const slices = new TimeSlices(8)

/**
 * Base of every VATUN element: holds the session, observes it while connected, and brings the shared style. Subclasses add
 * their own with `static override styles = [VatunElement.styles, css…]`.
 *
 * @cssprop --vatun-bg - Ground of panels.
 * @cssprop --vatun-raised - Ground of tooltips and dialogs.
 * @cssprop --vatun-sunken - Ground of empty and loading areas.
 * @cssprop --vatun-ink - Text and lines of charts.
 * @cssprop --vatun-muted - Less important text, at least 4.5 : 1 on the ground.
 * @cssprop --vatun-line - Hairlines.
 * @cssprop --vatun-line-strong - Lines that have to be seen, at least 3 : 1.
 * @cssprop --vatun-accent - Selection and focus.
 * @cssprop --vatun-on-accent - Text on the accent.
 * @cssprop --vatun-accent-soft - Ground of what is selected.
 * @cssprop --vatun-error - Text of errors.
 * @cssprop --vatun-font - Font family.
 */
export class VatunElement extends LitElement {
  static override styles: CSSResultGroup = [tokens, controls]

  /** `light`, `dark` or `auto`; inherited from the surroundings when absent. */
  @property({ reflect: true }) theme: string | undefined

  #session: Session | undefined
  readonly #observed: Observed<unknown>[] = []

  /** What the views share. Setting another one starts afresh. */
  @property({ attribute: false })
  get session(): Session | undefined {
    return this.#session
  }
  set session(session: Session | undefined) {
    const before = this.#session
    if (before === session) return
    this.#session = session
    for (const observed of this.#observed) observed.restart()
    this.requestUpdate('session', before)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.addEventListener('transitionend', this.#onTransition)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.removeEventListener('transitionend', this.#onTransition)
  }

  /** However many elements a change reaches, the main thread is never held up: those that come late are drawn in a later task. */
  protected override scheduleUpdate(): Promise<void> | undefined {
    return slices.run(() => {
      for (const observed of this.#observed) observed.begin()
      super.scheduleUpdate()
    })
  }

  /** Whether the element is drawn light on dark; for canvases, whose colours CSS does not reach. */
  get dark(): boolean {
    return luminance(getComputedStyle(this).color) > 0.3
  }

  /** Called after the theme has changed; draws again by default. */
  protected themeChanged(): void {
    this.requestUpdate()
  }

  /**
   * Keeps the newest value of something the session says, for use in a field: `#state = this.observe((s) => s.state$)`, then
   * `this.#state.value` in `render`. Follows connect, disconnect and another session.
   */
  protected observe<T>(source: (session: Session) => Observable<T>): Observed<T> {
    const observed = new Observed<T>(this, () => this.#session && source(this.#session))
    this.#observed.push(observed)
    return observed
  }

  /**
   * Header line of a panel: the title (part `title`), the chips that say what filters the view, the view's own controls, and
   * a slot `actions` that the workbench fills.
   */
  protected panelHeader(title: string, view: ViewName, toolbar: unknown = nothing): TemplateResult {
    return html`<header class="panel-header" part="header">
      <h2 part="title">${title}</h2>
      <div class="toolbar" part="toolbar">
        ${toolbar}<vatun-selection-chips view=${view} .session=${this.session}></vatun-selection-chips>
      </div>
      <slot name="actions"></slot>
    </header>`
  }

  readonly #onTransition = (event: TransitionEvent): void => {
    if (event.target === this && event.propertyName === 'flood-color') this.themeChanged()
  }
}
