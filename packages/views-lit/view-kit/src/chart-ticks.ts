import { type Axis, formatDegree } from '@vatun/core'
import { scaleLinear } from 'd3-scale'

/** Mean width of a character of a tick label, in CSS pixels. */
export const labelWidth = 11 * 0.56

/** A label of the horizontal axis. */
export interface ChartTick {
  readonly at: number
  readonly anchor: 'start' | 'middle' | 'end'
}

/** A degree as a label: with sign and unit where the axis is known. */
export function degreeText(axis: Axis | undefined, degree: number): string {
  return axis ? formatDegree(axis, degree) : String(degree)
}

/**
 * Round degrees that have room, the identity among them; both ends and the identity where hardly any have.
 * @param degrees Ascending, not empty.
 * @param width Width of the plot in CSS pixels.
 */
export function chartTicks(degrees: readonly number[], axis: Axis | undefined, width: number): ChartTick[] {
  const [low, high] = [degrees[0]!, degrees.at(-1)!]
  const identity = axis?.identity ?? 0
  if (low === high) return [{ at: low, anchor: 'middle' }]
  const x = scaleLinear([low, high], [0, width])
  const factor = axis?.in255ths ? 255 : 1
  const ticks = scaleLinear([low * factor, high * factor], [0, 1])
    .ticks(Math.max(2, Math.min(7, Math.floor(width / 64))))
    .map((tick) => tick / factor)
  const room = (values: readonly number[]) =>
    Math.max(...values.map((tick) => degreeText(axis, tick).length)) * labelWidth + 8
  const spacing = ticks.length > 1 ? x(ticks[1]!) - x(ticks[0]!) : width
  const every = Math.max(1, Math.ceil(room(ticks) / spacing))
  const middle = Math.max(0, ticks.indexOf(identity))
  const shown = ticks.filter((_, i) => (i - middle) % every === 0)
  // The y labels leave room at the left, at the right there may be none.
  const anchorOf = (at: number) => (x(at) + (degreeText(axis, at).length * labelWidth) / 2 > width ? 'end' : 'middle')
  // A last label that is moved to the left must not run into the one before it.
  const [before, last] = shown.slice(-2).map(x)
  const widths = shown.slice(-2).map((at) => degreeText(axis, at).length * labelWidth)
  if (shown.length > 2 && anchorOf(shown.at(-1)!) === 'end' && last! - widths[1]! < before! + widths[0]! / 2 + 4)
    shown.pop()
  if (shown.length > 2) return shown.map((at) => ({ at, anchor: anchorOf(at) }))
  const wide = room([low, high])
  const between = x(identity) > 1.5 * wide && width - x(identity) > 1.5 * wide
  if (!between && width < 2 * wide) return [{ at: Math.max(identity, low), anchor: 'middle' }]
  return [
    { at: low, anchor: 'start' },
    ...(between ? [{ at: identity, anchor: 'middle' as const }] : []),
    { at: high, anchor: 'end' },
  ]
}
