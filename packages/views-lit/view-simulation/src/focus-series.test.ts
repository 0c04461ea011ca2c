import {
  type Axis,
  axisEffect,
  measureInfo,
  type SimulationMeasure,
  type SimulationResult,
  type SimulationViewState,
} from '@vatun/core'
import { classColors } from '@vatun/view-kit'
import { describe, expect, test } from 'vitest'
import { focusChart } from './focus-series.js'

const axis: Axis = {
  name: 'blur',
  label: 'Blur',
  parameter: 'sigma',
  unit: 'px',
  min: 0,
  max: 2,
  step: 0.5,
  identity: 0,
  degrees: [0, 1, 2],
}

/** Class t keeps 0.9, 0.6, 0.3 of itself, the rest goes to the next class. */
function simulated(classes: number): SimulationResult {
  const kept = [0.9, 0.6, 0.3]
  const each = Array.from({ length: classes }, (_, t) => t)
  const pairs = each.flatMap((t) =>
    (classes === 1 ? [t] : [t, (t + 1) % classes]).sort((a, b) => a - b).map((p) => ({ t, p })),
  )
  const mean = Float64Array.from(
    pairs.flatMap(({ t, p }) => kept.map((share) => (classes === 1 ? 1 : t === p ? share : 1 - share))),
  )
  return {
    axis,
    degrees: axis.degrees,
    classes,
    counts: new Uint32Array(classes).fill(10),
    softmax: {
      label: Uint16Array.from(pairs, ({ t }) => t),
      predicted: Uint16Array.from(pairs, ({ p }) => p),
      mean,
      halfWidth: mean.map(() => 0.1),
    },
    accuracy: Float64Array.from(each.flatMap(() => kept)),
  }
}

function chart(classes: number, trueClass: number | null, measure: SimulationMeasure = 'softmax') {
  const result = simulated(classes)
  const column = { axis, loadable: { status: 'ready' as const, value: result }, result, effect: axisEffect(result) }
  const view: SimulationViewState = {
    classNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    fullNames: Array.from({ length: classes }, (_, c) => `class ${c}`),
    classImages: null,
    focused: [],
    columns: [column],
    images: classes * 10,
    trueClass,
    focus: 0,
    measure: measureInfo(measure),
    cell: null,
    image: null,
    imageClass: null,
    finding: '',
  }
  return focusChart(view, column)
}

describe('focusChart', () => {
  test('draws the true class on top and the classes it is mistaken for', () => {
    const { series, strip } = chart(3, 1)
    expect(series.map(({ label, emphasis }) => [label, emphasis])).toEqual([
      ['class 1', 'focus'],
      ['class 2', 'normal'],
    ])
    expect(strip.map(({ label }) => label)).toEqual(['class 1', 'class 1', 'class 2'])
    expect(series[0]!.color).toBe(classColors(3)[1])
  })

  test('draws a measure of all classes over that of each', () => {
    const { series, caption } = chart(3, null, 'accuracy')
    expect(caption).toBe('accuracy')
    expect(chart(3, null).caption).toBe('mean softmax of the true class')
    expect(series.map(({ label }) => label)).toEqual(['class 0', 'class 1', 'class 2', 'all classes'])
    expect([...Array.from(series.at(-1)!.values)]).toEqual([0.9, 0.6, 0.3].map((value) => expect.closeTo(value)))
  })

  test('draws a measure of one class with its interval beside that of all', () => {
    const { series } = chart(3, 1, 'accuracy')
    expect(series.map(({ label, emphasis, low }) => [label, emphasis, low !== undefined])).toEqual([
      ['class 1', 'focus', true],
      ['all classes', 'normal', false],
    ])
  })

  test('draws nothing of what a result does not know', () => expect(chart(3, 1, 'flips').series).toEqual([]))

  test('keeps to a few coloured lines for a hundred classes', () => {
    expect(chart(100, null).series).toHaveLength(11)
    const { series } = chart(100, 40)
    expect(new Set(series.map(({ color }) => color)).size).toBe(series.length)
  })

  test('takes one class and a column without a result', () => {
    expect(chart(1, 0).series).toHaveLength(1)
    const nothing = { axis, loadable: { status: 'waiting' as const }, result: null, effect: null }
    expect(focusChart({} as SimulationViewState, nothing).series).toEqual([])
  })
})
