import { type Flips, formatDegree, type SimulationColumn, type SimulationViewState } from '@vatun/core'
import { focusColors, formatCount, formatPercent } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { rateInterval, unbroken } from './measured-text.js'

/**
 * What predictions turn into at the chosen degree: the row of the flip matrix of the class in focus, or its largest entries.
 * @param most Rows of the table; the rest is one more.
 */
export function flipsPanel(view: SimulationViewState, { axis }: SimulationColumn, most: number) {
  const { cell, classNames, trueClass } = view
  const flips = cell?.flips
  if (!cell || !flips) return nothing
  if (flips.images === 0 && trueClass !== null)
    return html`<p class="flips-caption small" part="flips">No image is predicted ${classNames[trueClass]} unchanged</p>`
  const where = formatDegree(axis, cell.degree)
  const of = flips.images === null ? '' : ` of ${formatCount(flips.images)}`
  const whose = trueClass === null ? '' : ` predicted ${classNames[trueClass]} unchanged`
  const caption = html`<span><strong>${formatCount(flips.flipped)}${of}</strong>${whose} flip at ${where}</span>`
  if (flips.moves.length === 0) return html`<p class="flips-caption small" part="flips">${caption}</p>`
  const moves = flips.moves.slice(0, most)
  const rest = flips.moves.slice(most).reduce((sum, { count }) => sum + count, 0)
  const colors = focusColors(
    classNames.length,
    view.focused,
    moves.map(({ to }) => to),
  )
  return html`<table class="flips small" part="flips">
    <caption class="flips-caption">
      ${caption}
    </caption>
    <tbody>
      ${moves.map((move) => moveRow(move, flips, view, colors))}
      ${rest > 0 ? html`<tr class="muted"><th scope="row">others</th><td></td><td>${formatCount(rest)}</td><td></td></tr>` : nothing}
    </tbody>
  </table>`
}

function moveRow(
  { from, to, count, share, low, high }: Flips['moves'][number],
  { images, moves }: Flips,
  { classNames, fullNames, trueClass }: SimulationViewState,
  colors: readonly string[],
) {
  // Bars are shares of the class; of all images those would be slivers, so that they compare with the longest.
  const width = trueClass === null || Number.isNaN(share) ? count / moves[0]!.count : share
  return html`<tr data-from=${from} data-to=${to}>
    <th scope="row" title="${fullNames[from]} → ${fullNames[to]}">
      <span class="names">${trueClass === null ? html`<span>${classNames[from]}</span> ` : nothing}<span class="to"><span class="arrow">→</span> ${classNames[to]}</span></span>
    </th>
    <td class="bar"><span style="width:${100 * width}%;background:${colors[to]}"></span></td>
    <td>${Number.isNaN(share) ? formatCount(count) : unbroken(formatPercent(share, 0))}</td>
    <td class="muted" title="95 % interval">${images === null ? nothing : `${formatCount(count)} · ${rateInterval(low, high)}`}</td>
  </tr>`
}
