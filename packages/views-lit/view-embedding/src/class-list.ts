import {
  type ClassOrder,
  type ClassSummary,
  type ConfusedPair,
  classRows,
  confusionRows,
  type PredictionSummary,
} from '@vatun/core'
import {
  ElementSize,
  formatCount,
  formatPercent,
  moveRow,
  reachableRow,
  rowWindow,
  scrollToRow,
  VatunElement,
} from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { classListStyles } from './class-list-styles.js'
import type { ClassDetail } from './confusion-table.js'

const orders: Record<ClassOrder, string> = {
  'most wrong': 'Most wrong',
  'least accurate': 'Least accurate',
  'most images': 'Most images',
  name: 'By name',
}
const rowHeight = 18

/**
 * Legend and confusions where there are too many classes for a matrix: the classes, and the pairs that are confused, both with a search. Only rows in view exist.
 *
 * Keyboard: arrows, Page Up, Page Down, Home and End move over the rows, Enter chooses.
 *
 * @element vatun-class-list
 * @fires {CustomEvent<ClassDetail>} vatun-class - A class or a pair was clicked.
 * @csspart search - The field to search in.
 * @csspart rows - The list.
 */
export class VatunClassList extends VatunElement {
  static override styles = [VatunElement.styles, classListStyles]

  @property({ attribute: false }) summary: PredictionSummary | null = null
  @property({ attribute: false }) colors: readonly string[] = []
  /** Name of the chosen clause: `cat` or `cat → dog`. */
  @property() active = ''
  /** Whether the colours mean something now. */
  @property({ type: Boolean }) swatches = true

  @state() private shown: 'confused' | 'classes' = 'confused'
  @state() private order: ClassOrder = 'most wrong'
  @state() private search = ''
  @state() private scrolled = 0
  /** The row that Tab reaches. */
  @state() private current = 0
  @query('.rows') private readonly rows!: HTMLElement | null
  readonly #size = new ElementSize(this)
  #focusAfterUpdate = false

  protected override render() {
    const { summary } = this
    if (!summary) return nothing
    const pairs = this.shown === 'confused'
    const found = pairs ? confusionRows(summary, this.search) : classRows(summary, this.order, this.search)
    const shown = rowWindow(found.length, rowHeight, { scroll: this.scrolled, height: this.#size.height })
    const { from, to } = shown
    const current = reachableRow(this.current, shown)
    return html`<div class="head find">
        <div class="segmented" role="group" aria-label="What is listed">
          ${this.#tab('confused', `Confused`)} ${this.#tab('classes', 'Classes')}
        </div>
        <input
          part="search"
          type="search"
          placeholder="Search"
          aria-label="Search for a class"
          .value=${this.search}
          @input=${(event: Event) => {
            this.search = (event.target as HTMLInputElement).value
            this.#toTop()
          }}
        />
      </div>
      <div class="head muted">
        <span role="status">${this.#counted(found.length)}</span>
        ${
          pairs
            ? nothing
            : html`<select aria-label="Order of classes" @change=${(event: Event) => {
                this.order = (event.target as HTMLSelectElement).value as ClassOrder
                this.#toTop()
              }}>
              ${Object.entries(orders).map(([value, label]) => html`<option value=${value} ?selected=${value === this.order}>${label}</option>`)}
            </select>`
        }
      </div>
      <div class="rows" part="rows" role="list" aria-label=${pairs ? 'Confused classes' : 'Classes'} @scroll=${this.#scroll} @keydown=${(event: KeyboardEvent) => this.#key(event, found.length)}>
        <div class="sheet" style="height:${found.length * rowHeight}px">
          ${found.slice(from, to).map((row, i) => this.#row(summary, row, from + i, { current, rows: found.length }))}
        </div>
      </div>`
  }

  protected override updated(): void {
    this.#size.watch(this.rows)
    if (!this.#focusAfterUpdate) return
    this.#focusAfterUpdate = false
    this.rows?.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
  }

  #tab(name: 'confused' | 'classes', label: string) {
    return html`<button
      data-list=${name}
      aria-pressed=${this.shown === name}
      @click=${() => {
        this.shown = name
        this.#toTop()
      }}
    >${label}</button>`
  }

  #counted(found: number): string {
    const { classes } = this.summary!
    if (this.search.trim() !== '' && found === 0) return `Nothing fits “${this.search.trim()}”`
    if (this.shown === 'confused')
      return found === 0 ? 'No class is taken for another' : `${formatCount(found)} ${found === 1 ? 'pair' : 'pairs'}`
    return `${formatCount(found)} of ${formatCount(classes.length)} classes`
  }

  #row(
    summary: PredictionSummary,
    row: ClassSummary | ConfusedPair,
    position: number,
    list: { readonly current: number; readonly rows: number },
  ) {
    const { classes } = summary
    const pair = 'predicted' in row
    const truth = pair ? classes[row.label]! : row
    const guess = pair ? classes[row.predicted]! : undefined
    const name = guess ? `${truth.name} → ${guess.name}` : truth.name
    const title = guess
      ? `${truth.fullName} → ${guess.fullName}: ${formatCount((row as ConfusedPair).count)} of ${formatCount(truth.images)}`
      : `${truth.fullName}: ${formatCount(truth.wrong)} of ${formatCount(truth.images)} wrong`
    return html`<div role="listitem" class="row" style="top:${position * rowHeight}px" aria-posinset=${position + 1} aria-setsize=${list.rows}>
      <button
        class="class"
        data-class=${guess ? nothing : truth.name}
        data-cell=${guess ? name : nothing}
        tabindex=${position === list.current ? 0 : -1}
        aria-pressed=${this.active === name}
        aria-label=${title}
        title=${title}
        @click=${() => {
          this.current = position
          this.#emit(pair ? { label: row.label, predicted: row.predicted } : { label: row.classIndex })
        }}
      >
        <span class="swatch ${this.swatches ? '' : 'quiet'}" style="background:${this.colors[truth.classIndex]}"></span>
        <span class="name"><span>${truth.name}</span>${guess ? html`<span class="to">→ ${guess.name}</span>` : nothing}</span>
        ${
          pair
            ? html`<span class="muted">${formatCount(row.count)}</span>`
            : html`<span class="muted">${formatPercent((truth.images - truth.wrong) / truth.images, 0)}</span><span class="muted of">of ${formatCount(truth.images)}</span>`
        }
      </button>
    </div>`
  }

  #toTop(): void {
    this.current = this.scrolled = 0
    if (this.rows) this.rows.scrollTop = 0
  }

  readonly #scroll = (event: Event): void => {
    this.scrolled = (event.currentTarget as Element).scrollTop
  }

  #key(event: KeyboardEvent, rows: number): void {
    const { height } = this.#size
    const focused = this.rows?.querySelector(':focus')?.closest('[aria-posinset]')
    const from = focused ? Number(focused.getAttribute('aria-posinset')) - 1 : this.current
    const next = moveRow(from, rows, event.key, Math.max(1, Math.floor(height / rowHeight) - 1))
    if (next === null || !this.rows) return
    event.preventDefault()
    this.current = next
    this.rows.scrollTop = scrollToRow(next, rowHeight, { scroll: this.rows.scrollTop, height })
    this.scrolled = this.rows.scrollTop
    this.#focusAfterUpdate = true
  }

  #emit(detail: ClassDetail): void {
    this.dispatchEvent(new CustomEvent('vatun-class', { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-class-list': VatunClassList
  }
}
