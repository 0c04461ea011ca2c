import {
  accuracyCurve,
  leadingClasses,
  predictedPerDegree,
  type SimulationColumn,
  type SimulationViewState,
  simulationCurve,
} from '@vatun/core'
import { type ChartMark, type ChartSeries, classColors, unfocusedColor } from '@vatun/view-kit'

/** What the large chart draws. */
export interface FocusChart {
  readonly series: readonly ChartSeries[]
  readonly strip: readonly ChartMark[]
  readonly label: string
}

/** Lines with a label; a person cannot tell more colours apart. */
const labelled = 10

/** Lines of the cell in focus: mean softmax of every class, or for all classes the accuracy and that of each class. */
export function focusChart(view: SimulationViewState, { axis, result, effect }: SimulationColumn): FocusChart {
  const { classNames, trueClass } = view
  if (!result || !effect) return { series: [], strip: [], label: '' }
  const shown =
    trueClass === null ? mostAffected(effect.classes, labelled) : leadingClasses(result, trueClass, labelled, 0.02)
  const colors = classColors(classNames.length, shown)
  const series = shown.map((c): ChartSeries => {
    const curve = trueClass === null ? accuracyCurve(result, c) : simulationCurve(result, trueClass, c)
    return {
      label: classNames[c]!,
      color: colors[c]!,
      values: curve.mean,
      ...(trueClass === null ? {} : { halfWidth: curve.halfWidth }),
      emphasis: c === trueClass ? 'focus' : 'normal',
    }
  })
  if (trueClass === null)
    series.push({
      label: 'all classes',
      color: 'var(--_ink)',
      values: effect.accuracy.mean,
      halfWidth: effect.accuracy.halfWidth,
      emphasis: 'focus',
    })
  const strip = predictedPerDegree(result, trueClass).map((c) => ({
    label: c < 0 ? 'unknown' : classNames[c]!,
    color: colors[c] ?? unfocusedColor,
  }))
  const what = trueClass === null ? 'accuracy' : `mean softmax for images of ${classNames[trueClass]}`
  return { series, strip, label: `${what} against ${axis.label}` }
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
