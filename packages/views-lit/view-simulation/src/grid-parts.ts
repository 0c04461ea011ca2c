import type { SimulationColumn } from '@vatun/core'
import { formatCount, formatPercent } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** The head of a column, with its progress. */
export function gridHead(
  { axis, loadable }: SimulationColumn,
  head: { readonly width: number; readonly focus: boolean; readonly choose: () => void },
) {
  const { status } = loadable
  const share = status === 'running' ? loadable.progress.done / Math.max(1, loadable.progress.total) : 1
  const note = { waiting: 'waiting', running: formatPercent(share, 0), ready: '', failed: 'failed' }[status]
  const title = status === 'failed' ? loadable.error.message : axis.label
  return html`<button
    part="axis"
    class="head ${head.focus ? 'focus' : ''}"
    style="width:${head.width}px"
    title=${title}
    data-axis=${axis.name}
    data-status=${status}
    @click=${head.choose}
  >
    ${note ? html`<span class=${status === 'failed' ? 'error' : 'muted'}>${note}</span>` : nothing}<span>${axis.label}</span>
  </button>`
}

/** What is not among the rows. @param without Classes that have no images. */
export function rowsNote(rows: number, without: number, search: string) {
  const rest = without === 0 ? '' : `${formatCount(without)} ${without === 1 ? 'class has' : 'classes have'} no image`
  const none = rows === 0 && search !== '' ? `No class fits “${search}”` : ''
  const text = [none, rest].filter(Boolean).join('; ')
  return text ? html`<p class="note small muted" role="status">${text}</p>` : nothing
}
