import { VatunElement } from '@vatun/view-kit'
import { css, html } from 'lit'
import { query } from 'lit/decorators.js'
import { dialogStyles } from './dialog-styles.js'

const sections: readonly [string, readonly (readonly [string, string])[]][] = [
  [
    'Keys',
    [
      ['Tab', 'next control or panel'],
      ['← ↑ → ↓', 'in a plot: to the neighbouring image, filter or cell; on a line: move it'],
      ['Enter', 'select what is hovered; Shift + Enter adds it'],
      ['Esc', 'clear the selection, then leave a maximised panel'],
      ['Z', 'undo'],
      ['+  −  0', 'zoom the embedding in, out, back'],
      ['?', 'this help'],
    ],
  ],
  [
    'Pointer',
    [
      ['Click', 'an image, a class, a cell of the matrix, a filter or a pattern selects it in all views'],
      ['Drag', 'in the embedding: circle images; on a divider: resize panels; on a chart: move the degree'],
      ['Shift', 'adds to the selection'],
      ['Wheel', 'zooms the embedding'],
      ['Double click', 'on a title: maximise the panel, and back'],
      ['Name of a layer', 'in the network: shows only its filters, and back'],
    ],
  ],
  [
    'Marks',
    [
      ['Ring', 'the prediction is wrong'],
      ['Colour', 'a class has the same colour in every view'],
      ['Band', '95 % confidence interval of a mean'],
      ['Dotted line', 'the degree that changes nothing'],
    ],
  ],
]

/**
 * Keys, gestures and marks of the workbench.
 *
 * @element vatun-help-dialog
 * @csspart dialog - The dialog.
 */
export class VatunHelpDialog extends VatunElement {
  static override styles = [
    VatunElement.styles,
    dialogStyles,
    css`
      dialog {
        --_width: 560px;
      }
      h3 {
        margin: 12px 0 0;
        font-size: 13px;
        color: var(--_muted);
        font-weight: 400;
      }
      dl {
        display: grid;
        grid-template-columns: 96px 1fr;
        gap: 4px 12px;
        margin: 4px 0 0;
      }
      dt {
        font-weight: 600;
      }
      dd {
        margin: 0;
      }
    `,
  ]

  @query('dialog') private readonly dialog!: HTMLDialogElement

  /** Opens the dialog, or closes it when it is open. */
  toggle(): void {
    if (this.dialog.open) this.dialog.close()
    else this.dialog.showModal()
  }

  protected override render() {
    return html`<dialog
      part="dialog"
      aria-label="Help"
      @click=${(event: Event) => event.target === this.dialog && this.dialog.close()}
      @keydown=${(event: KeyboardEvent) => event.key === 'Escape' && event.stopPropagation()}
    >
      <header>
        <h2>Help</h2>
        <button class="icon" aria-label="Close" @click=${() => this.dialog.close()}>✕</button>
      </header>
      ${sections.map(
        ([title, rows]) => html`<h3>${title}</h3>
          <dl>${rows.map(([name, text]) => html`<dt>${name}</dt><dd>${text}</dd>`)}</dl>`,
      )}
    </dialog>`
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-help-dialog': VatunHelpDialog
  }
}
