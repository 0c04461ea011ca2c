import type { PredictionSummary } from '@vatun/core'
import { formatCount, formatPercent, VatunElement } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { property, state } from 'lit/decorators.js'
import { confusionTableStyles } from './confusion-table-styles.js'

/** Detail of `vatun-class`: the images of a true class, or those of them with one predicted class. */
export interface ClassDetail {
  readonly label: number
  readonly predicted?: number
}

/**
 * Legend and confusion matrix in one: a row per true class with colour, name and number of images, a cell per predicted class.
 * For more classes than a matrix can show there is `vatun-class-list`.
 *
 * @element vatun-confusion-table
 * @cssprop [--vatun-cell=15px] - Side of a cell for up to twelve classes.
 * @fires {CustomEvent<ClassDetail>} vatun-class - A class or a cell was clicked.
 */
export class VatunConfusionTable extends VatunElement {
  static override styles = [VatunElement.styles, confusionTableStyles]

  @property({ attribute: false }) summary: PredictionSummary | null = null
  @property({ attribute: false }) colors: readonly string[] = []
  /** Name of the chosen clause: `cat` or `cat → dog`. */
  @property() active = ''
  /** Whether the colours mean something now. */
  @property({ type: Boolean }) swatches = true

  @state() private tip: { readonly text: string; readonly x: number; readonly y: number } | null = null
  /** Position in the matrix of the one cell that Tab reaches. */
  @state() private current = 0

  protected override render() {
    return this.summary ? this.#matrix(this.summary) : nothing
  }

  #matrix({ classes, confused }: PredictionSummary) {
    const n = classes.length
    const most = confused[0]?.count ?? 1
    const counts = new Map(confused.map(({ label, predicted, count }) => [label * n + predicted, count]))
    const countOf = (t: number, p: number) =>
      t === p ? classes[t]!.images - classes[t]!.wrong : (counts.get(t * n + p) ?? 0)
    return html`<table style="--cell:${n > 12 ? '9px' : 'var(--vatun-cell, 15px)'}" @keydown=${this.#key}>
        <thead>
          <tr>
            <th scope="col" class="corner">true class</th>
            <th scope="col" class="number" title="Images of the class">n</th>
            ${classes.map(
              ({ fullName }, c) => html`<th scope="col" class="head" title="predicted ${fullName}">
                <span class="swatch" style="background:${this.colors[c]}"></span>
              </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${classes.map(
            ({ name, fullName, images, wrong }, t) => html`<tr>
              <th scope="row">
                <button
                  class="class"
                  data-class=${name}
                  aria-pressed=${this.active === name}
                  title="${fullName}: ${formatCount(wrong)} of ${formatCount(images)} wrong"
                  @click=${() => this.#emit({ label: t })}
                >
                  <span class="swatch ${this.swatches ? '' : 'quiet'}" style="background:${this.colors[t]}"></span>${name}
                </button>
              </th>
              <td class="number">${formatCount(images)}</td>
              ${classes.map((_, p) => this.#cell(classes, countOf(t, p), t, p, most))}
            </tr>`,
          )}
        </tbody>
      </table>
      <vatun-tooltip .at=${this.tip}><span class="small">${this.tip?.text}</span></vatun-tooltip>`
  }

  #cell(classes: PredictionSummary['classes'], count: number, t: number, p: number, most: number) {
    const n = classes.length
    const [truth, guess] = [classes[t]!, classes[p]!]
    const share = formatPercent(count / truth.images)
    const text =
      t === p
        ? `${truth.name}: ${formatCount(count)} of ${formatCount(truth.images)} right (${share})`
        : `${truth.name} → ${guess.name}: ${formatCount(count)} of ${formatCount(truth.images)} (${share})`
    const shade = t === p || count === 0 ? 0 : 12 + 88 * Math.sqrt(count / most)
    return html`<td>
      <button
        class="cell ${t === p ? 'right' : ''}"
        data-cell="${truth.name} → ${guess.name}"
        tabindex=${t * n + p === this.current ? 0 : -1}
        aria-label=${text}
        aria-pressed=${this.active === `${truth.name} → ${guess.name}`}
        style="--shade:${shade.toFixed(0)}%"
        @click=${() => count > 0 && this.#emit({ label: t, predicted: p })}
        @pointerenter=${(event: PointerEvent) => this.#show(event.currentTarget as Element, text)}
        @focus=${(event: FocusEvent) => {
          this.current = t * n + p
          this.#show(event.currentTarget as Element, text)
        }}
        @pointerleave=${this.#hide}
        @blur=${this.#hide}
      ></button>
    </td>`
  }

  #show(cell: Element, text: string): void {
    const { right, top } = cell.getBoundingClientRect()
    this.tip = { text, x: right, y: top }
  }

  readonly #hide = (): void => {
    this.tip = null
  }

  readonly #key = (event: KeyboardEvent): void => {
    const n = this.summary!.classes.length
    const [t, p] = [Math.floor(this.current / n), this.current % n]
    const steps: Record<string, [number, number]> = {
      ArrowLeft: [t, p - 1],
      ArrowRight: [t, p + 1],
      ArrowUp: [t - 1, p],
      ArrowDown: [t + 1, p],
    }
    const next = steps[event.key]
    const cell = (event.target as Element).matches('.cell')
    if (!cell || !next || next.some((v) => v < 0 || v >= n)) return
    event.preventDefault()
    this.renderRoot.querySelectorAll<HTMLElement>('.cell')[next[0] * n + next[1]]?.focus()
  }

  #emit(detail: ClassDetail): void {
    this.dispatchEvent(new CustomEvent('vatun-class', { detail, bubbles: true, composed: true }))
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-confusion-table': VatunConfusionTable
  }
}
