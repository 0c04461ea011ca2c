import {
  classLabels,
  type FilterRef,
  focusedClasses,
  type Loadable,
  type PatternOrder,
  type PatternRow,
  type PatternTable,
  patternRows,
  valueSoFar,
} from '@vatun/core'
import { type ChoiceDetail, ElementSize, focusColors, formatCount, formatPercent, VatunElement } from '@vatun/view-kit'
import { html, nothing, type PropertyValues } from 'lit'
import { property, state } from 'lit/decorators.js'
import { GrowingRows } from './growing-rows.js'
import { patternListStyles } from './pattern-list-styles.js'
import { patternPath } from './pattern-path.js'

const orders: Record<PatternOrder, string> = {
  recommended: 'Best first',
  support: 'Most images',
  purity: 'Purest first',
  mixture: 'Mixed first',
  length: 'Longest first',
}
const none: readonly string[] = []
/** A pattern that another view or a link chooses is scrolled to where it is among that many first ones. */
const farthestChosen = 40

/** Detail of `vatun-pattern`. */
export interface PatternDetail {
  /** In the pattern table. */
  readonly position: number
}

/**
 * Recommended neural patterns: the filters they pass through, how many images share them, and of which classes. Part of
 * `vatun-network`.
 *
 * @element vatun-pattern-list
 * @fires {CustomEvent<PatternDetail>} vatun-pattern - When the person chooses a pattern.
 * @fires {CustomEvent<FilterDetail>} vatun-filter - When the person chooses one of its filters.
 * @fires {CustomEvent<{index: number}>} vatun-image - When the person chooses one of its images.
 * @csspart patterns - The list.
 * @csspart path - The filters of a pattern.
 * @csspart with-image - Keeps the patterns of the image in the testing view.
 * @csspart pattern - A row; `data-pattern` is its position in the table.
 */
export class VatunPatternList extends VatunElement {
  static override styles = [VatunElement.styles, patternListStyles]

  @property({ attribute: false }) patterns: Loadable<PatternTable> = { status: 'waiting' }
  /** Position of the chosen pattern. */
  @property({ attribute: false }) chosen: number | null = null
  @property({ attribute: false }) filter: FilterRef | null = null
  /** The image in the testing view. */
  @property({ attribute: false }) image: number | null = null

  @state() private order: PatternOrder = 'recommended'
  @state() private classIndex: number | null = null
  @state() private withImage = false
  readonly #size = new ElementSize(this)
  readonly #growing = new GrowingRows()
  readonly #focused = this.observe(focusedClasses)
  /** In the order of display. */
  #rows: readonly PatternRow[] = []
  /** Position of the pattern to scroll to as soon as its row exists. */
  #reveal: number | null = null
  /** Whether rows are still to be made. */
  #missing = false

  protected override willUpdate(changed: PropertyValues): void {
    const table = valueSoFar(this.patterns)
    const image = this.withImage ? this.image : null
    this.#rows = table ? patternRows(table, { order: this.order, classIndex: this.classIndex, image }) : []
    if (changed.has('chosen')) this.#reveal = this.chosen
    const chosen = this.#rows.findIndex(({ position }) => position === this.chosen)
    this.#missing = this.#growing.grow(this.#rows.length, this.#size.height, chosen < farthestChosen ? chosen + 1 : 0)
  }

  protected override render() {
    const table = valueSoFar(this.patterns)
    if (!table)
      return html`${this.#head(undefined)}<vatun-state .of=${this.patterns} label="Looking for patterns" retry
        empty="Groups of images that activate the same filters will be listed here."></vatun-state>`
    const rows = this.#rows
    const { count } = this.#growing
    return html`${this.#head(table)} ${this.#toolbar(table)} ${
      rows.length === 0
        ? html`<p class="message muted" role="status">${this.#nothing(table)}</p>`
        : html`<ol part="patterns" aria-label="Patterns" @scroll=${this.#scrolled}>
          ${rows.slice(0, count).map((row) => this.#row(row))}
          ${
            rows.length > count
              ? html`<li class="more"><span></span><button class="link" @click=${this.#more}>${rows.length - count} more</button></li>`
              : nothing
          }
        </ol>`
    }`
  }

  protected override updated(): void {
    const row = this.#reveal === null ? null : this.renderRoot.querySelector(`[data-pattern="${this.#reveal}"]`)
    row?.scrollIntoView({ block: 'nearest' })
    if (row || (this.#rows.length > 0 && !this.#missing)) this.#reveal = null
    if (this.#missing) this.requestUpdate()
  }

  #head(table: PatternTable | undefined) {
    const count = table?.patterns.length
    const title = count === undefined ? 'Patterns' : `${formatCount(count)} ${count === 1 ? 'pattern' : 'patterns'}`
    return html`<div class="head">
      <h3 title="Groups of images that share a sequence of strongest filters">${title}</h3>
      ${table ? html`<vatun-state .of=${this.patterns}></vatun-state>` : nothing}
      ${
        !count || this.image === null
          ? nothing
          : html`<button part="with-image" aria-pressed=${this.withImage} title="Only patterns that contain the image in the testing view"
              @click=${() => {
                this.withImage = !this.withImage
              }} aria-label="only with image ${this.image}">only with <vatun-thumbnail size="16" index=${this.image} .session=${this.session}></vatun-thumbnail></button>`
      }
    </div>`
  }

  #toolbar(table: PatternTable) {
    const names = this.session?.subject.model.classNames ?? []
    if (table.patterns.length === 0) return nothing
    return html`<div class="toolbar">
      <select aria-label="Order of patterns" @change=${this.#setOrder}>
        ${Object.entries(orders).map(([value, label]) => html`<option value=${value} ?selected=${value === this.order}>${label}</option>`)}
      </select>
      <vatun-class-picker none="Any class" label="Class in the pattern" .names=${names} .value=${this.classIndex}
        @vatun-choose=${({ detail }: CustomEvent<ChoiceDetail>) => {
          this.classIndex = detail.classIndex
        }}></vatun-class-picker>
    </div>`
  }

  #row({ position, pattern, support, classIndex, share }: PatternRow) {
    const names = this.#names
    const thumbnails = Math.max(1, Math.floor((this.#size.width - 12) / 32))
    return html`<li
      part="pattern"
      data-pattern=${position}
      class=${position === this.chosen ? 'chosen' : ''}
      @click=${(event: Event) => this.#choose(event, position)}
    >
      <vatun-pie size="28" .values=${pattern.classCounts} .labels=${names}
        .colors=${focusColors(names.length, this.#focused.value ?? [], mainClasses(pattern.classCounts))}></vatun-pie>
      <div>
        <button class="link name" aria-pressed=${position === this.chosen}
          >${support} images · ${names[classIndex]} ${formatPercent(share, 0).replace(' ', '\u00a0')}</button
        >
        <div class="path" part="path">
          ${patternPath(pattern.items, {
            model: this.session?.subject.model,
            whole: position === this.chosen,
            chosen: this.filter,
            choose: this.#chooseFilter,
          })}
        </div>
      </div>
      <div class="images">
        ${[...pattern.images.subarray(0, thumbnails)].map(
          (index) =>
            html`<vatun-thumbnail size="24" interactive index=${index} .session=${this.session}
              @click=${(event: Event) => this.#chooseImage(event, index)}></vatun-thumbnail>`,
        )}
      </div>
    </li>`
  }

  #nothing(table: PatternTable): string {
    if (table.patterns.length === 0) return `No pattern is shared by ${table.minSupport} or more images.`
    const which = [
      this.classIndex === null ? '' : ` contains ${this.#names[this.classIndex]}`,
      this.withImage ? ` contains image ${this.image}` : '',
    ].filter(Boolean)
    return `No pattern${which.join(' and')}.`
  }

  get #names(): readonly string[] {
    return classLabels(this.session?.subject.model.classNames ?? none)
  }

  #choose(event: Event, position: number): void {
    event.stopPropagation()
    this.#emit('vatun-pattern', { position })
  }

  readonly #chooseFilter = (event: Event, filter: FilterRef): void => {
    event.stopPropagation()
    this.#emit('vatun-filter', { filter })
  }

  #chooseImage(event: Event, index: number): void {
    event.stopPropagation()
    this.#emit('vatun-image', { index })
  }

  #emit(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }

  readonly #setOrder = (event: Event): void => {
    this.order = (event.target as HTMLSelectElement).value as PatternOrder
  }

  readonly #scrolled = ({ currentTarget }: Event): void => {
    const { scrollTop, clientHeight } = currentTarget as Element
    if (this.#growing.see(scrollTop + clientHeight)) this.requestUpdate()
  }

  readonly #more = (event: Event): void => {
    event.stopPropagation()
    this.#growing.seeMore(this.#size.height)
    this.requestUpdate()
  }
}

/** Classes of a pattern by their images, for palettes that colour only some. */
function mainClasses(counts: Uint32Array): number[] {
  return [...counts.keys()].filter((c) => counts[c]! > 0).sort((a, b) => counts[b]! - counts[a]!)
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-pattern-list': VatunPatternList
  }
  interface HTMLElementEventMap {
    'vatun-pattern': CustomEvent<PatternDetail>
    'vatun-image': CustomEvent<{ readonly index: number }>
  }
}
