import type { ScaleLinear } from 'd3-scale'
import { area, line } from 'd3-shape'
import { nothing, svg } from 'lit'
import type { ChartMark, ChartSeries } from './chart-series.js'

type Scale = ScaleLinear<number, number>

/** Lines with their intervals, those in focus on top. @param y Clamped to the plot. */
export function chartLines(series: readonly ChartSeries[], degrees: readonly number[], x: Scale, y: Scale) {
  const at = (_: unknown, i: number) => x(degrees[i]!)
  const order = { muted: 0, normal: 1, focus: 2 }
  const drawn = [...series].sort((a, b) => order[a.emphasis ?? 'normal'] - order[b.emphasis ?? 'normal'])
  return drawn.map(({ values, low, high, color, emphasis }) => {
    const known = Array.from(values).slice(0, degrees.length)
    const path = line<number>(at, (v) => y(v)).defined(Number.isFinite)(known)
    const band =
      low &&
      high &&
      area<number>(
        at,
        (_, i) => y(low[i]!),
        (_, i) => y(high[i]!),
      ).defined((v, i) => Number.isFinite(v + low[i]! + high[i]!))(known)
    return svg`<g class=${emphasis ?? 'normal'}>
      ${band ? svg`<path class="band" d=${band} fill=${color}></path>` : nothing}
      <path class="line" d=${path ?? ''} stroke=${color}></path>
    </g>`
  })
}

/** A coloured piece for each degree, halfway to its neighbours. @param top In CSS pixels. */
export function chartStrip(strip: readonly ChartMark[], degrees: readonly number[], x: Scale, top: number) {
  const edge = (i: number) => {
    if (i === 0) return degrees[0]!
    if (i === degrees.length) return degrees.at(-1)!
    return (degrees[i - 1]! + degrees[i]!) / 2
  }
  return strip
    .slice(0, degrees.length)
    .map(
      ({ color, label }, i) =>
        svg`<rect x=${x(edge(i))} y=${top} width=${Math.max(0, x(edge(i + 1)) - x(edge(i)))} height="5" fill=${color}><title>${label}</title></rect>`,
    )
}
