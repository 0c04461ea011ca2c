import { formatDegree, type SimulationColumn, type SimulationViewState } from '@vatun/core'
import { html } from 'lit'
import { intervalText, measuredText, unbroken } from './measured-text.js'

/** What the cell in focus shows in words, and all measures at the chosen degree with their intervals. @param apply Behind the words. */
export function summaryPanel({ finding, cell }: SimulationViewState, { axis }: SimulationColumn, apply: unknown) {
  const words = html`<p part="finding" class="finding">${unbroken(finding)}</p>`
  if (!cell) return words
  return html`<table class="values small" part="values">
      <thead>
        <tr>
          <th scope="col">at ${formatDegree(axis, cell.degree)}</th>
          ${cell.values.map(({ measure }) => html`<th scope="col" class="muted">${measure.label}</th>`)}
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>${apply}</td>
          ${cell.values.map(({ measure, value }) => html`<td data-measure=${measure.name}><strong>${measuredText(measure, value)}</strong></td>`)}
        </tr>
        <tr class="muted">
          <th scope="row" title="95 % interval">95&nbsp;%</th>
          ${cell.values.map(({ measure, low, high }) => html`<td>${intervalText(measure, low, high)}</td>`)}
        </tr>
      </tbody>
    </table>
    ${words}`
}
