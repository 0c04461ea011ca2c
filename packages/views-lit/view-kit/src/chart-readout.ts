import { html, nothing } from 'lit'
import type { ChartSeries } from './chart-series.js'
import { formatProbability } from './format.js'

/** Lines that the table names. */
const rows = 6

/** The values of all lines at one degree, highest first, with their intervals. @param at Position of the degree. */
export function chartReadout(series: readonly ChartSeries[], at: number, title: unknown) {
  const shown = series
    .map((one) => ({ ...one, value: one.values[at]!, from: one.low?.[at], to: one.high?.[at] }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => b.value - a.value)
    .slice(0, rows)
  return html`<table class="small">
    <caption>
      ${title}
    </caption>
    ${shown.map(
      ({ label, color, value, from, to }) => html`<tr>
        <td><span class="swatch" style="background:${color}"></span>${label}</td>
        <td>${formatProbability(value)}</td>
        ${
          from !== undefined && to !== undefined && Number.isFinite(from + to)
            ? html`<td class="muted">${formatProbability(from)} to ${formatProbability(to)}</td>`
            : nothing
        }
      </tr>`,
    )}
  </table>`
}
