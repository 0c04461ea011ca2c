import { accuracy, type BackendReport, stateToLink, valueSoFar } from '@vatun/core'
import { formatCount, formatPercent, VatunElement } from '@vatun/view-kit'
import { css, html, nothing } from 'lit'
import { query, state } from 'lit/decorators.js'

/**
 * What is analysed, how good the model is, who computes and what is running, on one line.
 *
 * @element vatun-status-line
 * @fires vatun-export - The export button.
 * @fires vatun-help - The help button.
 * @fires vatun-theme - The theme button.
 * @fires {CustomEvent<{ url: string }>} vatun-link - A link to the present state was copied or shown.
 */
export class VatunStatusLine extends VatunElement {
  static override styles = [
    VatunElement.styles,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .line {
        display: flex;
        align-items: center;
        gap: 0 16px;
        height: 36px;
        padding: 0 8px 0 12px;
        border-bottom: 1px solid var(--_line);
        white-space: nowrap;
      }
      .line > span {
        overflow: hidden;
        text-overflow: ellipsis;
        min-width: 0;
      }
      .line > .keep {
        flex: none;
      }
      h1 {
        margin: 0;
        font-size: 13px;
        font-weight: 600;
        line-height: inherit;
      }
      .spacer {
        flex: 1;
      }
      .buttons {
        display: flex;
        flex: none;
      }
      .line > .trouble {
        flex: none;
        color: var(--_error);
      }
      .copied {
        color: var(--_muted);
        align-self: center;
      }
      dialog {
        width: min(480px, calc(100vw - 32px));
        padding: 16px;
        border: 1px solid var(--_line-strong);
        border-radius: 4px;
        background: var(--_raised);
        color: var(--_ink);
      }
      dialog input {
        width: 100%;
        margin-top: 8px;
        padding: 4px;
        border: 1px solid var(--_line);
        border-radius: var(--_radius);
        background: var(--_bg);
      }
      @container (max-width: 1000px) {
        .engines {
          display: none;
        }
      }
      @container (max-width: 760px) {
        .line {
          gap: 0 12px;
        }
        .images,
        vatun-progress {
          display: none;
        }
      }
      @container (max-width: 460px) {
        h1 {
          display: none;
        }
      }
    `,
  ]

  readonly #predictions = this.observe((session) => session.result('predictions'))
  readonly #status = this.observe((session) => session.status$)
  @state() private copied = false
  @state() private link = ''
  @query('dialog') private readonly dialog!: HTMLDialogElement
  #timer: ReturnType<typeof setTimeout> | undefined

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    clearTimeout(this.#timer)
    this.copied = false
  }

  protected override render() {
    return html`<div class="line">
        <h1>vatun</h1>
        ${this.#subject()}
        <span class="spacer"></span>
        ${this.#work()}
        <div class="buttons">
          ${this.copied ? html`<span class="copied small" role="status">link copied</span>` : nothing}
          <button class="icon" data-action="link" aria-label="Copy a link to this state" title="Copy a link to this state" @click=${this.#copy}>
            ${linkIcon}
          </button>
          <button class="icon" data-action="export" aria-label="Export tables and pictures" title="Export tables and pictures" @click=${() => this.#emit('vatun-export')}>
            ${exportIcon}
          </button>
          <button class="icon" data-action="help" aria-label="Help" title="Help (?)" @click=${() => this.#emit('vatun-help')}>?</button>
          <button class="icon" data-action="theme" aria-label="Light or dark" title="Light or dark" @click=${() => this.#emit('vatun-theme')}>
            ${themeIcon}
          </button>
        </div>
      </div>
      <dialog aria-label="Link to this state" @keydown=${(event: KeyboardEvent) => event.stopPropagation()}>
        <label
          >This page may not write to the clipboard. Link to this state:
          <input readonly .value=${this.link} @focus=${(event: FocusEvent) => (event.target as HTMLInputElement).select()} />
        </label>
      </dialog>`
  }

  #subject() {
    const subject = this.session?.subject
    if (!subject) return nothing
    const loadable = this.#predictions.value
    const table = loadable && valueSoFar(loadable)
    const counted = table && table.labels.length > 0 ? `accuracy ${formatPercent(accuracy(table))}` : ''
    const { images, dataset, model } = subject
    const part =
      images === dataset.length ? formatCount(images) : `${formatCount(images)} of ${formatCount(dataset.length)}`
    const what = `${dataset.name} ${images === 1 && dataset.length === 1 ? 'image' : 'images'}`
    const soFar = table && table.labels.length < images ? ` (${formatCount(table.labels.length)} so far)` : ''
    return html`<span class="model" title="SHA-256 ${model.hash}">${model.name}</span>
      <span class="images muted" title="${part} ${what}${soFar}">${part} ${what}${soFar}</span>
      <span class="keep" data-value="accuracy">${counted}</span>`
  }

  #work() {
    const { engines = [], tasks = [] } = this.#status.value ?? {}
    const [task, ...more] = tasks
    const names = [...new Set(engines.map(({ where, report }) => `${engineName(report)} · ${where}`))]
    const details = engines
      .flatMap(({ where, report }) => [
        `${where}: ${engineName(report)}`,
        ...report.rejected.map(({ name, reason }) => `  not ${name}: ${reason}`),
      ])
      .join('\n')
    return html`${names.length > 0 ? html`<span class="engines muted small" title=${details}>${names.join(', ')}</span>` : nothing}
    ${
      task && Number.isNaN(task.share)
        ? html`<span class="trouble small" role="alert">${task.label}</span>`
        : task
          ? html`<vatun-progress
            title=${tasks.map(({ label, share }) => `${label} ${Math.floor(100 * share)} %`).join('\n')}
            label=${more.length > 0 ? `${task.label} (+ ${more.length})` : task.label}
            share=${task.share}
            .secondsLeft=${task.secondsLeft}
          ></vatun-progress>`
          : nothing
    }`
  }

  readonly #copy = async (): Promise<void> => {
    if (!this.session) return
    this.link = `${location.href.replace(/#.*$/, '')}#${stateToLink(this.session.state)}`
    this.#emit('vatun-link', { url: this.link })
    try {
      await navigator.clipboard.writeText(this.link)
    } catch {
      // Clipboards are closed to pages without https and to pages without focus; the person can still copy by hand.
      this.dialog.showModal()
      return
    }
    this.copied = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.copied = false
    }, 2000)
  }

  #emit(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }))
  }
}

function engineName({ name, threads, device }: BackendReport): string {
  return `${name}${threads > 1 ? ` ×${threads}` : ''}${device && device !== 'cpu' ? ` (${device})` : ''}`
}

const linkIcon = html`<svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true">
  <path d="M6 8.5 8.5 6M5.5 4.5 7.3 2.7a2.4 2.4 0 0 1 3.6 0 2.4 2.4 0 0 1 0 3.6L9 8.2M8.5 9.5l-1.8 1.8a2.4 2.4 0 0 1-3.6 0 2.4 2.4 0 0 1 0-3.6L5 5.8" />
</svg>`

const exportIcon = html`<svg width="14" height="14" viewBox="0 0 14 14" fill="none" stroke="currentColor" stroke-width="1.4" aria-hidden="true">
  <path d="M7 1.5v7M4 5.8l3 3 3-3M1.7 9.5v2.8h10.6V9.5" />
</svg>`

const themeIcon = html`<svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
  <circle cx="7" cy="7" r="5.3" fill="none" stroke="currentColor" stroke-width="1.4" />
  <path d="M7 1.7a5.3 5.3 0 0 1 0 10.6z" fill="currentColor" />
</svg>`

declare global {
  interface HTMLElementTagNameMap {
    'vatun-status-line': VatunStatusLine
  }
}
