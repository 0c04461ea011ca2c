import {
  leadingClasses,
  measureCurve,
  predictedPerDegree,
  type SimulationColumn,
  type SimulationViewState,
  simulationCurve,
} from '@vatun/core'
import { type ChartMark, type ChartSeries, focusColors, unfocusedColor } from '@vatun/view-kit'

/** What the large chart draws. */
export interface FocusChart {
  readonly series: readonly ChartSeries[]
  readonly strip: readonly ChartMark[]
  /** What the lines are, over the chart. */
  readonly caption: string
}

/** Lines with a label; a person cannot tell more colours apart. */
const labelled = 10

/**
 * Lines of the cell in focus: under mean softmax every class that images of the class are taken for; under other measures the class beside
 * all classes; and in the row of all classes, that beside each class.
 */
export function focusChart(view: SimulationViewState, { result, effect }: SimulationColumn): FocusChart {
  const { classNames, trueClass, measure } = view
  if (!result || !effect) return { series: [], strip: [], caption: '' }
  const byPrediction = trueClass !== null && measure.name === 'softmax'
  const shown =
    trueClass === null
      ? mostAffected(effect.classes, labelled)
      : byPrediction
        ? leadingClasses(result, trueClass, labelled, 0.02)
        : [trueClass]
  const colors = focusColors(classNames.length, view.focused, shown)
  const series = shown.flatMap((c): ChartSeries[] => {
    const curve = byPrediction ? simulationCurve(result, trueClass, c) : measureCurve(result, measure.name, c)
    if (!curve) return []
    // Bands of a line for every class would hide each other.
    const band = trueClass === null ? {} : { low: curve.low, high: curve.high }
    const emphasis = c === trueClass ? 'focus' : 'normal'
    return [{ label: classNames[c]!, color: colors[c]!, values: curve.mean, ...band, emphasis }]
  })
  const all = byPrediction ? null : measureCurve(result, measure.name, null)
  if (all)
    series.push({
      label: 'all classes',
      color: 'var(--_ink)',
      values: all.mean,
      ...(trueClass === null ? { low: all.low, high: all.high, emphasis: 'focus' } : { emphasis: 'normal' }),
    })
  const strip = predictedPerDegree(result, trueClass).map((c) => ({
    label: c < 0 ? 'unknown' : classNames[c]!,
    color: colors[c] ?? unfocusedColor,
  }))
  const caption = byPrediction ? 'mean softmax by predicted class' : measure.meaning
  return { series, strip, caption }
}

function mostAffected(classes: readonly { trueClass: number; drop: number }[], count: number): number[] {
  const known = classes.filter(({ drop }) => !Number.isNaN(drop))
  // Up to the limit in order of the classes, so that lines keep their place.
  if (known.length <= count) return known.map(({ trueClass }) => trueClass)
  return [...known]
    .sort((a, b) => b.drop - a.drop)
    .slice(0, count)
    .map(({ trueClass }) => trueClass)
}
