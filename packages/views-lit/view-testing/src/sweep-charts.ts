import {
  type Axis,
  argmax,
  axisValue,
  type Loadable,
  type SweepResult,
  type TestingViewState,
  valueSoFar,
} from '@vatun/core'
import { type ChartMark, type ChartSeries, type ChartValueDetail, formatMagnitude } from '@vatun/view-kit'
import { html, nothing } from 'lit'

/** Most lines in one chart. */
const mostLines = 8
/** Peak probability below which a class is not worth a strong line. */
const faint = 0.15

/** What the sweep charts need to know and do. */
export interface SweepCharts {
  readonly axes: readonly Axis[]
  readonly state: TestingViewState
  readonly names: readonly string[]
  readonly colors: readonly string[]
  /** Whether a chart is wide enough for labels at the ends of its lines. */
  readonly labels: boolean
  readonly change: (axis: Axis, value: number, done: boolean) => void
}

/** A chart for each axis: the probability of each class of this image over the whole range of the change. */
export function sweepCharts(c: SweepCharts) {
  return html`<ol class="charts">
    ${c.axes.map((axis) => html`<li class="chart">${chart(axis, c.state.sweeps[axis.name] ?? { status: 'waiting' }, c)}</li>`)}
  </ol>`
}

/** Why charts are missing: one sentence for all of them, since they are too small for one each. */
export function sweepFailure({ can, sweeps }: TestingViewState, retry: () => void) {
  if (!can.sweep) return html`<span class="small muted">No engine here tries out a whole range.</span>`
  const failed = Object.values(sweeps).find((sweep) => sweep.status === 'failed')
  if (failed?.status !== 'failed') return nothing
  const { message } = failed.error
  return html`<span class="status small error" role="alert" title=${message}>${message}</span>
    <button class="link small" @click=${retry}>Try again</button>`
}

function chart(axis: Axis, sweep: Loadable<SweepResult>, c: SweepCharts) {
  const value = axisValue(c.state.pipeline, axis)
  const result = valueSoFar(sweep)
  const head = html`<div class="chart-head">
    <span title=${axis.label}>${axis.label}</span>
    <span class=${value === axis.identity ? 'muted' : ''}>${formatMagnitude(axis, value)}</span>
  </div>`
  if (!result) return html`${head}<div class="cell muted small">${c.state.can.sweep ? cellText(sweep) : nothing}</div>`
  const predicted = Array.from(result.degrees, (_, d) =>
    argmax(result.probabilities, d * result.classes, result.classes),
  )
  const strip = predicted.map((k): ChartMark => ({ label: c.names[k] ?? `${k}`, color: c.colors[k]! }))
  const first = valueSoFar(c.state.original)
  return html`${head}<vatun-line-chart
      class=${sweep.status === 'ready' ? '' : 'outdated'}
      .series=${seriesOf(result, c, first ? argmax(first.probabilities) : null)}
      .degrees=${result.degrees}
      .axis=${axis}
      .value=${result.degrees.length > 1 ? value : undefined}
      .strip=${strip}
      ?no-labels=${!c.labels}
      x-label=""
      label="${axis.label} of this image: ${flipText(axis, result.degrees, predicted, c.names)}"
      @vatun-value=${(event: CustomEvent<ChartValueDetail>) => {
        event.stopPropagation()
        c.change(axis, event.detail.value, event.detail.done)
      }}
    ></vatun-line-chart>`
}

function cellText(sweep: Loadable<SweepResult>): string {
  if (sweep.status === 'failed') return 'failed'
  if (sweep.status !== 'running') return 'waiting'
  const { done, total, unit } = sweep.progress
  return total > 1 ? `${done} of ${total} ${unit}` : 'computing…'
}

/** Lines of the classes that matter: the original's prediction in focus, classes that never matter faint or left out. */
function seriesOf(result: SweepResult, c: SweepCharts, focus: number | null): ChartSeries[] {
  const { classes, probabilities, degrees } = result
  const peaks = new Float32Array(classes)
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i]!
    if (p > peaks[i % classes]!) peaks[i % classes] = p
  }
  const all = Array.from(peaks, (peak, k) => ({ k, peak }))
  const ranked = all.sort((a, b) => b.peak - a.peak).slice(0, Math.max(mostLines, classes <= 10 ? classes : 0))
  return ranked.map(({ k, peak }, rank) => ({
    label: c.names[k] ?? `${k}`,
    color: c.colors[k]!,
    values: degrees.map((_, d) => probabilities[d * classes + k]!),
    emphasis: k === focus ? 'focus' : peak >= faint && rank < mostLines ? 'normal' : 'muted',
  }))
}

/** Where the predicted class changes, for screen readers. */
export function flipText(
  axis: Pick<Axis, 'unit' | 'min' | 'step' | 'in255ths'>,
  degrees: readonly number[],
  predicted: readonly number[],
  names: readonly string[],
): string {
  const name = (k: number) => names[k] ?? `class ${k}`
  const parts = predicted.flatMap((k, d) => {
    if (d === 0) return [name(k)]
    return k === predicted[d - 1] ? [] : [`${name(k)} from ${formatMagnitude(axis, degrees[d]!)}`]
  })
  return parts.length === 1 ? `${parts[0]} everywhere` : parts.join(', ')
}

/** Classes that need a colour of their own: what the original is predicted as, then those with the highest probability anywhere. */
export function classesInFocus(state: TestingViewState): number[] {
  const peaks = new Map<number, number>()
  for (const [rank, { classIndex, before, after }] of state.classes.entries())
    peaks.set(classIndex, rank === 0 ? Number.POSITIVE_INFINITY : Math.max(before, after ?? 0))
  for (const sweep of Object.values(state.sweeps)) {
    const result = valueSoFar(sweep)
    if (!result) continue
    const { probabilities, classes } = result
    for (let i = 0; i < probabilities.length; i++) {
      const p = probabilities[i]!
      if (p > faint && p > (peaks.get(i % classes) ?? faint)) peaks.set(i % classes, p)
    }
  }
  return [...peaks].sort((a, b) => b[1] - a[1]).map(([k]) => k)
}
