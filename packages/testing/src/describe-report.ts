import type { Axis } from '@vatun/core'
import type { RobustnessPoint, RobustnessReport } from './check-robustness.js'
import { describeBound, percent } from './requirement.js'

/** Wrongly predicted images that are named for the worst change. */
const examples = 5

/** The report as a few lines of text: what was required, how each change did, and examples of the worst. */
export function describeReport(
  report: Omit<RobustnessReport, 'message'>,
  labels: ArrayLike<number>,
  classNames: readonly string[],
  nameOf: (position: number) => string,
): string {
  const { axis, points, images } = report
  const subject = axis ? axis.label : points[0]!.pipeline.map((step) => step.name).join(', ') || 'no change'
  const worst = points.reduce((a, b) => (b.accuracy < a.accuracy ? b : a))
  const lines = [
    headline(report, subject, worst),
    `  required: ${describeBound(report.requirement)}`,
    `  unchanged: ${percent(report.unchanged)} of ${images} ${images === 1 ? 'image' : 'images'} right`,
  ]
  const names = points.map((point) => magnitude(point, axis) || subject)
  const width = Math.max(...names.map((name) => name.length))
  for (const [i, point] of points.entries())
    lines.push(
      `  ${names[i]!.padStart(width)}: ${percent(point.accuracy).padStart(7)}${point.passed ? '' : '  too low'}`,
    )
  if (!report.passed)
    lines.push(`  wrong at ${magnitude(worst, axis) || subject}: ${wrong(worst, labels, classNames, nameOf)}`)
  return lines.join('\n')
}

/** Of a failure all that counts, since lists of failed tests show the first line only. */
function headline(
  { model, passed, axis, required }: Omit<RobustnessReport, 'message'>,
  subject: string,
  worst: RobustnessPoint,
): string {
  if (passed) return `${model} withstands ${subject}`
  const where = axis ? ` at ${magnitude(worst, axis)}` : ''
  return `${model} does not withstand ${subject}: ${percent(worst.accuracy)} right${where}, at least ${percent(required)} required`
}

function magnitude({ degree }: RobustnessPoint, axis: Axis | undefined): string {
  if (degree === undefined || !axis) return ''
  if (axis.in255ths) return `${Number((degree * 255).toFixed(2))}/255`
  return `${Number(degree.toFixed(4))}${axis.unit === '°' ? '°' : axis.unit && ` ${axis.unit}`}`
}

function wrong(
  { predicted }: RobustnessPoint,
  labels: ArrayLike<number>,
  classNames: readonly string[],
  nameOf: (position: number) => string,
): string {
  const misses = Array.from(predicted.keys()).filter((i) => predicted[i] !== labels[i])
  const named = misses
    .slice(0, examples)
    .map((i) => `${nameOf(i)} (${classNames[labels[i]!]} taken for ${classNames[predicted[i]!]})`)
  const rest = misses.length - named.length
  return named.join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}
