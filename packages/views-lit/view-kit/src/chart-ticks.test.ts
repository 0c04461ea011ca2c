import type { Axis } from '@vatun/core'
import { describe, expect, it } from 'vitest'
import { type ChartSeries, labelledEnds } from './chart-series.js'
import { chartTicks } from './chart-ticks.js'

const rotation: Axis = {
  name: 'rotation',
  label: 'Rotation',
  parameter: 'degrees',
  unit: '°',
  min: -180,
  max: 180,
  step: 1,
  identity: 0,
  degrees: [-180, 0, 180],
}
const fgsm: Axis = { ...rotation, name: 'fgsm', unit: '', min: 0, max: 16 / 255, step: 1 / 255, in255ths: true }

describe('chartTicks', () => {
  it('takes round degrees around the identity where there is room', () => {
    const ticks = chartTicks([-180, 0, 180], rotation, 450)
    expect(ticks.map(({ at }) => at)).toEqual([-150, -100, -50, 0, 50, 100, 150])
    expect(chartTicks([-180, 0, 180], rotation, 250).map(({ at }) => at)).toEqual([-100, 0, 100])
  })

  it('names ends and identity where there is little, and only one degree where there is hardly any', () => {
    expect(chartTicks([-180, 0, 180], rotation, 130)).toEqual([
      { at: -180, anchor: 'start' },
      { at: 0, anchor: 'middle' },
      { at: 180, anchor: 'end' },
    ])
    expect(chartTicks([-180, 0, 180], rotation, 40)).toEqual([{ at: 0, anchor: 'middle' }])
    expect(chartTicks([30], rotation, 400)).toEqual([{ at: 30, anchor: 'middle' }])
  })

  it('counts in 255ths where the axis does', () => {
    const ticks = chartTicks([0, 4 / 255, 16 / 255], fgsm, 400).map(({ at }) => Math.round(at * 255 * 1e6) / 1e6)
    expect(ticks.every(Number.isInteger)).toBe(true)
  })
})

describe('labelledEnds', () => {
  const line = (label: string, values: number[], emphasis?: ChartSeries['emphasis']): ChartSeries => ({
    label,
    color: '#000000',
    values,
    ...(emphasis ? { emphasis } : {}),
  })

  it('puts focus first, then the highest, and leaves out what is muted, low or empty', () => {
    const series = [
      line('low', [0.05, 0.02]),
      line('high', [0.1, 0.9]),
      line('muted', [1, 1], 'muted'),
      line('focus', [0, 0.01], 'focus'),
      line('gap', [0.4, Number.NaN]),
      line('none', [Number.NaN]),
    ]
    expect(labelledEnds(series, 9).map((e) => [e.series.label, e.end])).toEqual([
      ['focus', 0.01],
      ['high', 0.9],
      ['gap', 0.4],
    ])
    expect(labelledEnds(series, 1)).toHaveLength(1)
  })
})
