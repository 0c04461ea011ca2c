import { type ClassChange, classLabels, manyClasses, type TestingViewState, valueSoFar } from '@vatun/core'
import { formatCount, formatProbability } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** The top classes with their probabilities before and after the change, and the drift of the features. */
export function classTable(
  state: TestingViewState,
  fullNames: readonly string[],
  colors: readonly string[],
  rows: number,
) {
  const names = classLabels(fullNames)
  const top = mostImportant(state.classes, rows)
  if (top.length === 0)
    return html`<h3>Top classes</h3>
      ${
        state.original.status === 'running'
          ? Array.from({ length: rows }, () => html`<div class="skeleton"></div>`)
          : html`<p class="muted">${state.can.predict ? 'No prediction.' : 'No engine here predicts.'}</p>`
      }`
  const changed = state.pipeline.length > 0
  // Few classes leave most digits to the first ones, and names need the room.
  const digits = names.length > manyClasses ? 2 : 1
  const bar = (p: number | null, c: number, which: string) =>
    html`<i class="bar ${which}" style="width:${(p ?? 0) < 0.005 ? 0 : 100 * p!}%;background:${colors[c]}"></i>`
  return html`<table class="class-table ${names.length > manyClasses && !changed ? 'wide' : ''}">
    <caption>
      Top classes
    </caption>
    <thead class="visually-hidden">
      <tr>
        <th>Class</th>
        <th>Original</th>
        <th>Changed</th>
      </tr>
    </thead>
    <tbody>
      ${top.map(
        ({ classIndex, before, after }) => html`<tr>
          <th scope="row" title=${fullNames[classIndex] ?? classIndex}>
            <span class="swatch" style="background:${colors[classIndex]}"></span>${names[classIndex] ?? classIndex}
          </th>
          <td>${formatProbability(before, digits)}</td>
          <td class="arrow" aria-hidden="true">${changed ? '→' : nothing}</td>
          <td class="after">${changed ? (after === null ? '…' : formatProbability(after, digits)) : nothing}</td>
          <td class="bars" aria-hidden="true">${bar(before, classIndex, 'before')}${changed ? bar(after, classIndex, 'after') : nothing}</td>
        </tr>`,
      )}
      ${restRow(state, top, changed)}
    </tbody>
  </table>
  ${
    changed
      ? html`<p class="drift" title="Cosine distance of the penultimate features of both images: 0 the same, 1 unrelated">
          <span class="muted">Feature drift</span> ${state.drift === null ? '…' : state.drift.toFixed(2)}
        </p>`
      : nothing
  }`
}

/** What all other classes have together, where that is worth a row. */
function restRow(state: TestingViewState, top: readonly ClassChange[], changed: boolean) {
  const original = valueSoFar(state.original)?.probabilities
  if (!original || original.length <= manyClasses) return nothing
  const after = top.every((c) => c.after !== null)
  const rest = (which: 'before' | 'after') => Math.max(0, 1 - top.reduce((sum, c) => sum + (c[which] ?? 0), 0))
  return html`<tr class="muted">
    <th scope="row">and ${formatCount(original.length - top.length)} more</th>
    <td>${formatProbability(rest('before'))}</td>
    <td class="arrow" aria-hidden="true">${changed ? '→' : nothing}</td>
    <td class="after">${changed ? (after ? formatProbability(rest('after')) : '…') : nothing}</td>
  </tr>`
}

/** The rows with the highest probability before or after, in the order they had. */
function mostImportant(classes: readonly ClassChange[], rows: number): readonly ClassChange[] {
  const weight = (c: ClassChange) => Math.max(c.before, c.after ?? 0)
  const top = new Set([...classes].sort((a, b) => weight(b) - weight(a)).slice(0, rows))
  return classes.filter((c) => top.has(c))
}
