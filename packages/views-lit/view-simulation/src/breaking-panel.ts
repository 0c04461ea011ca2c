import {
  type Axis,
  type BreakingRow,
  formatDistance,
  type SimulationColumn,
  type SimulationViewState,
} from '@vatun/core'
import { focusColors, formatCount, formatPercent } from '@vatun/view-kit'
import { html, nothing } from 'lit'
import { unbroken } from './measured-text.js'

/** Rows beyond this say nothing more, and a thousand would be slow. */
const most = 20

/** How far images can be changed before they are predicted wrongly: a histogram of each class, and its median. */
export function breakingPanel(
  { cell, classNames, fullNames, focused, trueClass }: SimulationViewState,
  { axis }: SimulationColumn,
) {
  const breaking = cell?.breaking
  if (!breaking) return nothing
  const { ends, all, classes } = breaking
  const weakest = classes
    .filter(({ images }) => images > 0)
    .sort((a, b) => compare(a.median, b.median) || a.trueClass! - b.trueClass!)
  const rows = trueClass === null ? [all, ...weakest.slice(0, most)] : [classes[trueClass]!, all]
  const colors = focusColors(classNames.length, focused, trueClass === null ? [] : [trueClass])
  const highest = Math.max(...rows.map(({ counts, images }) => Math.max(...counts) / images))
  const left = weakest.length - most
  return html`<div class="breaking small ${trueClass === null ? '' : 'of-class'}" part="breaking" role="list" aria-label="Images by the size of the change at which they are first predicted wrongly">
    <span class="muted" aria-hidden="true">wrong from</span>
    <span class="bins muted" aria-hidden="true">${ends.map((end, i) => html`<span>${isLabelled(i, ends.length) ? formatDistance(axis, end) : nothing}</span>`)}<span class="never">never</span></span>
    <span class="muted" aria-hidden="true">median</span>
    ${rows.map((row) => {
      const name = row.trueClass === null ? 'all classes' : classNames[row.trueClass]!
      const color = row.trueClass === null ? 'var(--_ink)' : colors[row.trueClass]!
      return html`<span class="name" title=${row.trueClass === null ? name : fullNames[row.trueClass]!} aria-hidden="true">${name}</span>
        <span class="bins" role="listitem" aria-label=${describe(name, row, ends, axis)} data-class=${row.trueClass ?? 'all'}>
          ${row.counts.map(
            (
              count,
              i,
            ) => html`<span class="bin ${i === ends.length ? 'never' : ''}" title=${binText(name, row, i, ends, axis)}
              ><i style="height:${(100 * count) / row.images / highest}%;background:${i === ends.length ? 'var(--_line-strong)' : color}"></i
            ></span>`,
          )}
        </span>
        <span aria-hidden="true">${medianText(row, axis)}</span>`
    })}
    ${trueClass === null && left > 0 ? html`<span class="muted note">and ${formatCount(left)} classes that take more</span>` : nothing}
  </div>`
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b
}

/** Every so many that labels have room; the last one none, beside that of the images that never break. */
function isLabelled(i: number, ends: number): boolean {
  const every = Math.ceil(ends / 4)
  return i % every === 0 && (every === 1 || i < ends - 1)
}

function medianText({ median }: BreakingRow, axis: Axis): string {
  return Number.isFinite(median) ? formatDistance(axis, median) : 'never'
}

function binText(
  name: string,
  { counts, images }: BreakingRow,
  i: number,
  ends: readonly number[],
  axis: Axis,
): string {
  const share = `${formatCount(counts[i]!)} of ${formatCount(images)} (${formatPercent(counts[i]! / images, 0)})`
  const tail =
    i === ends.length ? 'never wrong' : i === 0 ? 'wrong unchanged' : `wrong from ${formatDistance(axis, ends[i]!)}`
  return `${name}: ${share} ${tail}`
}

function describe(name: string, row: BreakingRow, ends: readonly number[], axis: Axis): string {
  const parts = row.counts.flatMap((count, i) => (count > 0 ? [binText('', row, i, ends, axis).slice(2)] : []))
  return unbroken(`${name}: median ${medianText(row, axis)}; ${parts.join(', ')}`)
}
