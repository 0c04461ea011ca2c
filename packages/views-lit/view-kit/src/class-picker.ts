import { classLabels, findClasses, manyClasses } from '@vatun/core'
import { html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { classPickerStyles } from './class-picker-styles.js'
import { VatunElement } from './vatun-element.js'

/** Detail of `vatun-choose`. */
export interface ChoiceDetail {
  /** Null for the choice that is no class. */
  readonly classIndex: number | null
}

/** Choices that are listed at a time; who looks for another one types. */
const most = 100

/**
 * Chooses one class. Of few classes it is a plain menu; of many, a field to type in, which lists the classes that fit.
 *
 * Keyboard: typing searches, arrows move, Enter chooses, Esc closes.
 *
 * @element vatun-class-picker
 * @fires {CustomEvent<ChoiceDetail>} vatun-choose - A class was chosen.
 * @csspart field - The menu or the field.
 */
export class VatunClassPicker extends VatunElement {
  static override styles = [VatunElement.styles, classPickerStyles]

  /** As the model has them; shown as `classLabels` shortens them. */
  @property({ attribute: false }) names: readonly string[] = []
  @property({ attribute: false }) value: number | null = null
  /** Classes that are listed first while nothing is typed. */
  @property({ attribute: false }) first: readonly number[] = []
  /** Name of the choice that is no class: `predicted`. */
  @property() none = ''
  /** What is chosen, for screen readers. */
  @property() label = 'Class'

  /** What is typed; null while the list is closed. */
  @state() private typed: string | null = null
  @state() private active = 0
  @query('.list') private readonly list!: HTMLElement | null
  @query('input') private readonly input!: HTMLInputElement | null

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.typed = null
  }

  protected override render() {
    return this.names.length > manyClasses ? this.#search() : this.#menu()
  }

  #menu() {
    const labels = classLabels(this.names)
    return html`<select
      part="field"
      aria-label=${this.label}
      title=${this.label}
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement
        this.#emit(value === '' ? null : Number(value))
      }}
    >
      <option value="" .selected=${this.value === null}>${this.none}</option>
      ${labels.map((name, c) => html`<option value=${c} .selected=${this.value === c}>${name}</option>`)}
    </select>`
  }

  #search() {
    const open = this.typed !== null
    const chosen = this.value === null ? this.none : classLabels(this.names)[this.value]!
    return html`<input
        part="field"
        type="text"
        role="combobox"
        autocomplete="off"
        spellcheck="false"
        aria-label=${this.label}
        aria-expanded=${open}
        aria-controls="list"
        aria-autocomplete="list"
        aria-activedescendant=${open ? `option-${this.active}` : nothing}
        title="${this.label}: ${this.value === null ? this.none : this.names[this.value]}"
        placeholder=${open ? 'type a name' : nothing}
        .value=${this.typed ?? chosen}
        @click=${this.#open}
        @input=${(event: Event) => {
          this.typed = (event.target as HTMLInputElement).value
          this.active = 0
        }}
        @keydown=${this.#key}
        @blur=${this.#close}
      />
      <div class="list small" id="list" role="listbox" popover="manual" aria-label=${this.label} @pointerdown=${(event: Event) => event.preventDefault()}>
        ${open ? this.#options(this.typed!) : nothing}
      </div>`
  }

  #options(typed: string) {
    const labels = classLabels(this.names)
    const found = this.#found(typed)
    const left = found.length - most
    return html`${found.slice(0, most).map((c, i) => {
      const name = c === null ? this.none : labels[c]!
      return html`<div
        class="option ${c === null ? 'muted' : ''}"
        id="option-${i}"
        role="option"
        aria-selected=${i === this.active}
        title=${c === null ? nothing : this.names[c]!}
        @click=${() => this.#choose(c)}
      >${name}</div>`
    })}
    ${found.length === 0 ? html`<div class="note muted" role="status">No class of that name</div>` : nothing}
    ${left > 0 ? html`<div class="note muted">and ${left} more: type to find them</div>` : nothing}`
  }

  /** Classes that fit, null standing for none of them. */
  #found(typed: string): readonly (number | null)[] {
    if (typed.trim() !== '') return findClasses(typed, this.names)
    const others = [...this.names.keys()].filter((c) => !this.first.includes(c))
    return [...(this.none ? [null] : []), ...this.first, ...others]
  }

  protected override updated(): void {
    const { list, input } = this
    if (!list || !input) return
    const open = this.typed !== null
    if (open !== list.matches(':popover-open')) list.togglePopover(open)
    if (!open) return
    const box = input.getBoundingClientRect()
    const below = innerHeight - box.bottom - 8
    const above = box.top - 8
    const height = Math.min(320, Math.max(below, above))
    list.style.maxHeight = `${height}px`
    list.style.minWidth = `${box.width}px`
    list.style.left = `${Math.max(4, Math.min(box.left, innerWidth - list.offsetWidth - 4))}px`
    list.style.top = `${below >= Math.min(height, list.scrollHeight) || below >= above ? box.bottom + 2 : box.top - Math.min(height, list.offsetHeight) - 2}px`
    list.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }

  readonly #open = (): void => {
    if (this.typed !== null) return
    this.typed = ''
    this.active = 0
  }

  readonly #close = (): void => {
    this.typed = null
  }

  readonly #key = (event: KeyboardEvent): void => {
    const { key } = event
    if (this.typed === null) {
      if (key !== 'ArrowDown' && key !== 'Enter') return
      this.#open()
    } else if (key === 'Escape') {
      this.#close()
      event.stopPropagation()
    } else if (key === 'Enter') {
      const found = this.#found(this.typed)[this.active]
      if (found !== undefined) this.#choose(found)
    } else if (key === 'ArrowDown' || key === 'ArrowUp') {
      const last = Math.min(most, this.#found(this.typed).length) - 1
      this.active = Math.max(0, Math.min(last, this.active + (key === 'ArrowDown' ? 1 : -1)))
    } else return
    event.preventDefault()
  }

  #choose(classIndex: number | null): void {
    this.#close()
    this.#emit(classIndex)
  }

  #emit(classIndex: number | null): void {
    const detail: ChoiceDetail = { classIndex }
    this.dispatchEvent(new CustomEvent('vatun-choose', { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-class-picker': VatunClassPicker
  }
  interface HTMLElementEventMap {
    'vatun-choose': CustomEvent<ChoiceDetail>
  }
}
