import type { ViewName } from '@vatun/core'
import type { VatunEmbedding } from '@vatun/view-embedding'
import { ElementSize, type Picture, VatunElement } from '@vatun/view-kit'
import type { VatunNetwork } from '@vatun/view-network'
import type { VatunSimulation } from '@vatun/view-simulation'
import type { VatunTesting } from '@vatun/view-testing'
import { html, nothing, type TemplateResult } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { delay, filter, tap } from 'rxjs'
import type { VatunExportDialog } from './export-dialog.js'
import { firstImage } from './first-image.js'
import type { VatunHelpDialog } from './help-dialog.js'
import { type Divider, initialLayout, type Layout, moveDivider, viewNames, viewTitles } from './layout.js'
import { maximiseIcon, restoreIcon } from './panel-icons.js'
import { readPreferences, writePreferences } from './preferences.js'
import { shortcutOf } from './shortcuts.js'
import { viewTabs } from './view-tabs.js'
import { workbenchStyles } from './workbench-styles.js'

/** Below this width, one panel at a time. */
const narrowBelow = 900

/**
 * The four views on one page, coupled by their session. Panels are resized by their dividers and maximised by a double click
 * on their title; where it is narrow, tabs show one panel at a time. Esc clears the selection, Z undoes, ? helps. Theme and panel
 * sizes are remembered in the browser's local storage.
 *
 * @element vatun-workbench
 * @fires {CustomEvent<{ url: string }>} vatun-link - A link to the present state was copied or shown.
 * @csspart panel - Each panel.
 */
export class VatunWorkbench extends VatunElement {
  static override styles = [VatunElement.styles, workbenchStyles]

  /** Which panel fills the workbench; null shows all. */
  @property() maximised: ViewName | null = null
  /** Which panel is shown where there is room for one. */
  @property() tab: ViewName = 'embedding'

  @state() private layout: Layout = initialLayout
  @query('vatun-help-dialog') private readonly help!: VatunHelpDialog
  @query('vatun-export-dialog') private readonly exporting!: VatunExportDialog
  @query('main') private readonly main!: HTMLElement
  readonly #size = new ElementSize(this)
  #dragged: Divider | null = null

  constructor() {
    super()
    this.theme = 'auto'
    // In a task of its own: what draws the predictions has taken one already.
    this.observe((session) =>
      firstImage(session).pipe(
        delay(0),
        filter(() => session.state.image === null),
        tap((image) => session.update({ image })),
      ),
    )
  }

  override connectedCallback(): void {
    super.connectedCallback()
    window.addEventListener('keydown', this.#key)
    const { layout, theme } = readPreferences()
    this.layout = layout
    if (theme && this.theme === 'auto') this.theme = theme
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    window.removeEventListener('keydown', this.#key)
  }

  protected override render() {
    const narrow = this.#size.width > 0 && this.#size.width < narrowBelow
    const only = narrow ? this.tab : this.maximised
    return html`<vatun-status-line
        .session=${this.session}
        @vatun-export=${() => this.exporting.toggle()}
        @vatun-help=${() => this.help.toggle()}
        @vatun-theme=${this.#switchTheme}
      ></vatun-status-line>
      ${
        narrow
          ? viewTabs(this.tab, (view) => {
              this.tab = view
            })
          : nothing
      }
      <main
        class="${only ? 'single' : 'grid'} ${narrow ? 'narrow' : ''}"
        style="--row:${this.layout.row};--top:${this.layout.top};--bottom:${this.layout.bottom}"
        @pointermove=${this.#drag}
        @pointerup=${this.#drop}
        @pointercancel=${this.#drop}
      >
        ${viewNames.map((view) => this.#panel(view, only, narrow))}
        ${only ? nothing : [this.#divider('row'), this.#divider('top'), this.#divider('bottom')]}
      </main>
      <vatun-help-dialog></vatun-help-dialog>
      <vatun-export-dialog .session=${this.session} .pictures=${this.#pictures}></vatun-export-dialog>`
  }

  #panel(view: ViewName, only: ViewName | null, narrow: boolean) {
    const maximised = this.maximised === view
    const text = maximised ? 'Show all panels' : `Maximise ${viewTitles[view]}`
    const button = narrow
      ? nothing
      : html`<button
          slot="actions"
          class="icon"
          data-action="maximise"
          aria-label=${text}
          aria-pressed=${maximised}
          title=${text}
          @click=${() => this.#toggle(view)}
        >
          ${maximised ? restoreIcon : maximiseIcon}
        </button>`
    return html`<section
      id="panel-${view}"
      class="panel ${view}"
      part="panel"
      data-view=${view}
      role=${narrow ? 'tabpanel' : 'region'}
      aria-label=${viewTitles[view]}
      ?hidden=${only !== null && only !== view}
      @dblclick=${(event: MouseEvent) => this.#doubleClick(event, view, narrow)}
    >
      ${this.#view(view, button)}
    </section>`
  }

  #view(view: ViewName, actions: unknown): TemplateResult {
    const { session } = this
    switch (view) {
      case 'embedding':
        return html`<vatun-embedding .session=${session}>${actions}</vatun-embedding>`
      case 'testing':
        return html`<vatun-testing .session=${session}>${actions}</vatun-testing>`
      case 'network':
        return html`<vatun-network .session=${session}>${actions}</vatun-network>`
      case 'simulation':
        return html`<vatun-simulation .session=${session}>${actions}</vatun-simulation>`
    }
  }

  #divider(divider: Divider) {
    return html`<div
      class="divider ${divider}"
      role="separator"
      tabindex="0"
      data-divider=${divider}
      aria-label="Divider ${divider === 'row' ? 'between the rows' : `in the ${divider} row`}"
      aria-orientation=${divider === 'row' ? 'horizontal' : 'vertical'}
      aria-valuemin="15"
      aria-valuemax="85"
      aria-valuenow=${Math.round(100 * this.layout[divider])}
      @pointerdown=${(event: PointerEvent) => this.#grab(event, divider)}
      @keydown=${(event: KeyboardEvent) => this.#nudge(event, divider)}
      @dblclick=${() => this.#arrange(divider, initialLayout[divider])}
    ></div>`
  }

  #grab(event: PointerEvent, divider: Divider): void {
    if (event.button !== 0) return
    this.#dragged = divider
    ;(event.currentTarget as Element).setPointerCapture(event.pointerId)
    event.preventDefault()
  }

  readonly #drag = (event: PointerEvent): void => {
    if (!this.#dragged) return
    const box = this.main.getBoundingClientRect()
    const share =
      this.#dragged === 'row' ? (event.clientY - box.top) / box.height : (event.clientX - box.left) / box.width
    this.layout = moveDivider(this.layout, this.#dragged, share)
  }

  readonly #drop = (): void => {
    if (this.#dragged) this.#remember()
    this.#dragged = null
  }

  #arrange(divider: Divider, share: number): void {
    this.layout = moveDivider(this.layout, divider, share)
    this.#remember()
  }

  #remember(): void {
    const { layout, theme } = this
    writePreferences(theme === 'light' || theme === 'dark' ? { layout, theme } : { layout })
  }

  #nudge(event: KeyboardEvent, divider: Divider): void {
    const [less, more] = divider === 'row' ? ['ArrowUp', 'ArrowDown'] : ['ArrowLeft', 'ArrowRight']
    if (event.key !== less && event.key !== more) return
    event.preventDefault()
    this.#arrange(divider, this.layout[divider] + (event.key === more ? 0.02 : -0.02))
  }

  #doubleClick(event: MouseEvent, view: ViewName, narrow: boolean): void {
    const title = event.composedPath().some((target) => target instanceof Element && target.part.contains('title'))
    if (title && !narrow) this.#toggle(view)
  }

  #toggle(view: ViewName): void {
    this.maximised = this.maximised === view ? null : view
  }

  readonly #key = (event: KeyboardEvent): void => {
    const shortcut = shortcutOf(event)
    if (!shortcut || !this.session) return
    if (shortcut === 'help') this.help.toggle()
    else if (shortcut === 'undo') this.session.undo()
    else if (this.session.state.selection.length > 0) this.session.clearSelection()
    else this.maximised = null
    event.preventDefault()
  }

  /** Of the views that are seen. */
  readonly #pictures = (): readonly Picture[] =>
    viewNames.flatMap((name) => {
      const view = this.renderRoot.querySelector<VatunEmbedding | VatunTesting | VatunNetwork | VatunSimulation>(
        `vatun-${name}`,
      )
      return view?.checkVisibility() ? view.pictures : []
    })

  readonly #switchTheme = (): void => {
    this.theme = this.dark ? 'light' : 'dark'
    this.#remember()
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-workbench': VatunWorkbench
  }
}
