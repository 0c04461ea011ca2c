/** One line of a chart. */
export interface ChartSeries {
  readonly label: string
  readonly color: string
  /** A value per degree, within the range of the chart; NaN leaves a gap. */
  readonly values: ArrayLike<number>
  /** Ends of the interval of each value, cut where they leave the range; NaN leaves a gap. */
  readonly low?: ArrayLike<number>
  readonly high?: ArrayLike<number>
  /** `focus` draws a thick line on top, `muted` a faint one without label. Default `normal`. */
  readonly emphasis?: 'focus' | 'normal' | 'muted'
}

/** What the strip under the axis shows at one degree. */
export interface ChartMark {
  readonly label: string
  readonly color: string
}

/** Lines that never rise above this need no label of their own; the hover table names them. */
const labelledPeak = 0.1

/**
 * The lines that get a label at their end: those in focus first, then the highest ones, as many as there is room for.
 * Muted lines, lines without values and lines that stay at the bottom get none.
 */
export function labelledEnds(
  series: readonly ChartSeries[],
  room: number,
): { readonly series: ChartSeries; readonly end: number }[] {
  const peak = (s: ChartSeries) => Math.max(0, ...Array.from(s.values).filter(Number.isFinite))
  const rank = (s: ChartSeries) => (s.emphasis === 'focus' ? 10 : 0) + peak(s)
  return series
    .filter((s) => s.emphasis === 'focus' || (s.emphasis !== 'muted' && peak(s) >= labelledPeak))
    .map((s) => ({ series: s, end: Array.from(s.values).findLast(Number.isFinite) }))
    .filter((entry): entry is { series: ChartSeries; end: number } => entry.end !== undefined)
    .sort((a, b) => rank(b.series) - rank(a.series))
    .slice(0, room)
}
