import type { Axis } from '@vatun/core'
import type { ScaleLinear } from 'd3-scale'
import { nothing, svg } from 'lit'
import { chartTicks, degreeText } from './chart-ticks.js'

type Scale = ScaleLinear<number, number>

/** The plot that axes are drawn around, in CSS pixels and in the units of the chart. */
export interface ChartFrame {
  readonly x: Scale
  readonly y: Scale
  readonly width: number
  readonly height: number
  readonly degrees: readonly number[]
  /** Lowest and highest value. */
  readonly range: readonly [number, number]
  readonly axis: Axis | undefined
}

/** The line where the image is unchanged; nothing where that is outside the degrees. */
function identityLine({ x, height, degrees, axis }: ChartFrame) {
  const identity = axis?.identity
  if (identity === undefined || identity < degrees[0]! || identity > degrees.at(-1)!) return nothing
  return svg`<line class="identity" x1=${x(identity)} x2=${x(identity)} y1="0" y2=${height}></line>`
}

/** The frame of a small multiple: its two ends and the identity, without labels. */
export function bareAxes(frame: ChartFrame) {
  const { width, height } = frame
  return svg`<line class="grid" x2=${width} y1=${height} y2=${height}></line>
    <line class="grid" x2=${width} y1="0" y2="0"></line>${identityLine(frame)}`
}

/** Grid, identity, and labels of both axes. @param below Room left between the plot and the labels under it. */
export function labelledAxes(frame: ChartFrame, title: string, below: number) {
  const { x, y, width, height, degrees, range, axis } = frame
  const [low, high] = range
  return svg`${[low, (low + high) / 2, high].map(
    (tick) => svg`<line class=${tick === 0 && low < 0 ? 'zero' : 'grid'} x2=${width} y1=${y(tick)} y2=${y(tick)}></line>
      <text class="tick" x="-5" y=${y(tick)} dy="0.35em" text-anchor="end">${tickText(tick)}</text>`,
  )}
    ${identityLine(frame)}
    ${chartTicks(degrees, axis, width).map(
      ({ at, anchor }) =>
        svg`<text class="tick" x=${x(at)} y=${height + below + 12} text-anchor=${anchor}>${degreeText(axis, at)}</text>`,
    )}
    ${title === '' ? nothing : svg`<text class="tick" x=${width / 2} y=${height + below + 26} text-anchor="middle">${title}</text>`}`
}

/** `.5`, `−1`, `10.5`. */
function tickText(value: number): string {
  return String(value)
    .replace(/^(-?)0\./, '$1.')
    .replace('-', '−')
}
