import { formatDegree, type SimulationColumn, type SimulationViewState } from '@vatun/core'
import { html } from 'lit'
import { intervalText, measuredText, unbroken } from './measured-text.js'

/** Width that a column for each measure takes, in CSS pixels. */
const leastColumns = 300

/**
 * What the cell in focus shows in words, and all measures at the chosen degree with their intervals.
 * @param width Of the panel, in CSS pixels: where columns do not fit, measures are rows.
 * @param apply What can be done with the degree.
 */
export function summaryPanel(
  { finding, cell }: SimulationViewState,
  { axis }: SimulationColumn,
  width: number,
  apply: unknown,
) {
  const words = html`<p part="finding" class="finding">${unbroken(finding)}</p>`
  if (!cell) return words
  const where = html`at ${formatDegree(axis, cell.degree)}`
  const shown = cell.values.map(({ measure, value, low, high }) => ({
    name: measure.name,
    label: measure.label,
    text: html`<strong>${measuredText(measure, value)}</strong>`,
    interval: intervalText(measure, low, high),
  }))
  const tall = html`<table class="values small" part="values">
    <thead>
      <tr><th scope="col">${where}</th><td>${apply}</td><th scope="col" class="muted" title="95 % interval">95&nbsp;%</th></tr>
    </thead>
    <tbody>
      ${shown.map(
        ({ name, label, text, interval }) => html`<tr>
          <th scope="row" class="muted">${label}</th><td data-measure=${name}>${text}</td><td class="muted">${interval}</td>
        </tr>`,
      )}
    </tbody>
  </table>`
  const wide = html`<table class="values small" part="values">
    <thead>
      <tr><th scope="col">${where}</th>${shown.map(({ label }) => html`<th scope="col" class="muted">${label}</th>`)}</tr>
    </thead>
    <tbody>
      <tr><td>${apply}</td>${shown.map(({ name, text }) => html`<td data-measure=${name}>${text}</td>`)}</tr>
      <tr class="muted"><th scope="row" title="95 % interval">95&nbsp;%</th>${shown.map(({ interval }) => html`<td>${interval}</td>`)}</tr>
    </tbody>
  </table>`
  return html`${width < leastColumns ? tall : wide}${words}`
}
