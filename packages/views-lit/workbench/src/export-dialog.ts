import { exportTables } from '@vatun/core'
import { type Picture, VatunElement } from '@vatun/view-kit'
import { css, html, nothing } from 'lit'
import { property, query, state } from 'lit/decorators.js'
import { dialogStyles } from './dialog-styles.js'

/** Long enough for any browser to have taken the file. */
const released = 60_000

/**
 * Takes results along: tables of everything that is known as CSV, and pictures of what is seen.
 *
 * @element vatun-export-dialog
 * @csspart dialog - The dialog.
 */
export class VatunExportDialog extends VatunElement {
  static override styles = [
    VatunElement.styles,
    dialogStyles,
    css`
      h3 {
        margin: 12px 0 4px;
        font-size: 12px;
      }
      ul {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: 2px 16px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: contents;
      }
      li button {
        text-align: left;
      }
      label {
        display: flex;
        align-items: center;
        gap: 6px;
        margin-top: 8px;
      }
    `,
  ]

  /** Pictures of what is seen now; asked for when the dialog opens. */
  @property({ attribute: false }) pictures: () => readonly Picture[] = () => []

  @state() private open = false
  @state() private selected = false
  @state() private trouble = ''
  @query('dialog') private readonly dialog!: HTMLDialogElement

  /** Opens the dialog, or closes it. */
  toggle(): void {
    this.trouble = ''
    if (this.dialog.open) this.dialog.close()
    else {
      this.open = true
      this.dialog.showModal()
    }
  }

  protected override render() {
    return html`<dialog
      part="dialog"
      aria-label="Export"
      @close=${() => {
        this.open = false
      }}
      @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
      @click=${(event: Event) => {
        if (event.target === this.dialog) this.dialog.close()
      }}
    >
      <header>
        <h2>Export</h2>
        <button class="icon" aria-label="Close" title="Close (Esc)" @click=${() => this.dialog.close()}>✕</button>
      </header>
      ${this.open && this.session ? this.#offers() : nothing}
    </dialog>`
  }

  #offers() {
    const session = this.session!
    const clauses = session.state.selection
    const tables = exportTables(session, this.selected && clauses.length > 0)
    const pictures = this.pictures()
    return html`${
      clauses.length > 0
        ? html`<label
            ><input type="checkbox" .checked=${this.selected} @change=${(event: Event) => {
              this.selected = (event.target as HTMLInputElement).checked
            }} />Of images, only those selected: ${clauses.map(({ label }) => label).join(' and ')}</label
          >`
        : nothing
    }
      ${
        tables.length === 0
          ? html`<p class="muted">There are no results yet.</p>`
          : html`<h3>Tables (CSV)</h3>
              <ul>
                ${tables.map(({ file, content, write }) => this.#offer(file, content, async () => new Blob([write()], { type: 'text/csv' })))}
              </ul>`
      }
      ${
        pictures.length > 0
          ? html`<h3>Pictures</h3>
              <ul>
                ${pictures.map(({ file, content, draw }) => this.#offer(file, content, draw))}
              </ul>`
          : nothing
      }
      ${this.trouble ? html`<p role="alert" style="color:var(--_error)">${this.trouble}</p>` : nothing}`
  }

  #offer(file: string, content: string, make: () => Promise<Blob>) {
    return html`<li>
      <button class="link" data-file=${file} aria-label="${file}: ${content}" @click=${() => this.#save(file, make)}>${file}</button>
      <span class="small muted" aria-hidden="true">${content}</span>
    </li>`
  }

  async #save(file: string, make: () => Promise<Blob>): Promise<void> {
    this.trouble = ''
    try {
      const url = URL.createObjectURL(await make())
      const link = document.createElement('a')
      link.href = url
      link.download = `${this.session!.subject.model.name}-${file}`
      link.click()
      setTimeout(() => URL.revokeObjectURL(url), released)
    } catch (error) {
      this.trouble = `${file} could not be written: ${(error as Error).message}`
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'vatun-export-dialog': VatunExportDialog
  }
}
