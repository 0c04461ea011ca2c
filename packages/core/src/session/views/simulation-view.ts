import { combineLatest, distinctUntilChanged, map, type Observable } from 'rxjs'
import type { Axis } from '../../augmentation.js'
import type { PredictionTable } from '../../predictions.js'
import type { SimulationResult } from '../../simulation.js'
import { type Loadable, valueSoFar } from '../results.js'
import type { Session } from '../session.js'
import {
  type AxisEffect,
  axisEffect,
  type ClassEffect,
  leadingClasses,
  lowestDegree,
  simulationCurve,
} from './class-effects.js'
import { classLabels } from './class-names.js'
import { focusedClasses } from './focused-classes.js'
import { formatDegree, formatDegrees } from './format-degree.js'
import { type SimulationCell, simulationCell } from './simulation-cell.js'
import { type MeasureInfo, measureInfo } from './simulation-measures.js'

/** One kind of change over all classes. */
export interface SimulationColumn {
  readonly axis: Axis
  readonly loadable: Loadable<SimulationResult>
  /** So far. */
  readonly result: SimulationResult | null
  readonly effect: AxisEffect | null
}

/** Everything a renderer of the simulation view draws. */
export interface SimulationViewState {
  /** As views show them: see {@link classLabels}; and as the model has them. */
  readonly classNames: readonly string[]
  readonly fullNames: readonly string[]
  /** Images of each true class in the whole analysis; null while they are not counted. */
  readonly classImages: Uint32Array | null
  /** Classes that get a colour first where there are more than colours. */
  readonly focused: readonly number[]
  readonly columns: readonly SimulationColumn[]
  /** Images of the whole analysis. */
  readonly images: number
  /** The row in focus; null is the row of all classes. */
  readonly trueClass: number | null
  /** The column in focus, as a position; -1 when the session has no axes. */
  readonly focus: number
  /** What the curves show of the true classes. */
  readonly measure: MeasureInfo
  /** More about the cell in focus; null before any image of its class. */
  readonly cell: SimulationCell | null
  /** The image in the testing view and its true class. */
  readonly image: number | null
  readonly imageClass: number | null
  /** What the cell in focus shows, in words. */
  readonly finding: string
}

/** The simulation view without a renderer. Cold; asks nothing of ports. */
export function simulationView(session: Session): Observable<SimulationViewState> {
  const { model, axes, images } = session.subject
  const chosen$ = session.state$.pipe(
    map(({ trueClass, axis, measure, degree, image }) => ({ trueClass, axis, measure, degree, image })),
    distinctUntilChanged((a, b) =>
      Object.keys(a).every((key) => a[key as keyof typeof a] === b[key as keyof typeof b]),
    ),
  )
  const classNames = classLabels(model.classNames)
  const table$ = session.result('predictions').pipe(map(valueSoFar), distinctUntilChanged())
  const counted$ = table$.pipe(map((table) => ({ table, classImages: table ? countLabels(table) : null })))
  return combineLatest([chosen$, session.result('simulation'), counted$, focusedClasses(session)]).pipe(
    map(([{ trueClass, axis, measure, degree, image }, simulation, { table, classImages }, focused]) => {
      const columns = axes.map((one) => column(one, simulation[one.name] ?? { status: 'waiting' }))
      const row = table && image !== null ? table.indices.indexOf(image) : -1
      const known = trueClass !== null && trueClass >= 0 && trueClass < model.classNames.length
      const shown = known ? trueClass : null
      const focus = Math.max(
        axes.length === 0 ? -1 : 0,
        axes.findIndex((one) => one.name === axis),
      )
      const result = columns[focus]?.result
      const state = {
        classNames,
        fullNames: model.classNames,
        classImages,
        focused,
        columns,
        images,
        trueClass: shown,
        focus,
        measure: measureInfo(measure),
        cell: result ? simulationCell(result, shown, degree, table) : null,
        image,
        imageClass: row < 0 ? null : table!.labels[row]!,
      }
      return { ...state, finding: simulationFinding(state) }
    }),
  )
}

/** Selects all analysed images of a class for the other views. @returns whether there are any. */
export function selectClassImages(session: Session, trueClass: number): boolean {
  const table = valueSoFar(session.results.predictions)
  const indices = table ? [...table.indices].filter((_, row) => table.labels[row] === trueClass) : []
  if (indices.length > 0)
    session.select('simulation', `true ${classLabels(session.subject.model.classNames)[trueClass]}`, indices)
  return indices.length > 0
}

function column(axis: Axis, loadable: Loadable<SimulationResult>): SimulationColumn {
  const result = valueSoFar(loadable) ?? null
  return {
    axis,
    loadable,
    result,
    effect: result && axisEffect(result),
  }
}

function simulationFinding(state: Omit<SimulationViewState, 'finding'>): string {
  const { classNames, columns, focus, trueClass } = state
  const { axis, result, effect } = columns[focus] ?? {}
  if (!axis || !result || !effect || effect.images === 0) return ''
  return trueClass === null
    ? overallFinding(axis, effect, classNames, result)
    : classFinding(axis, effect.classes[trueClass]!, classNames, result)
}

function overallFinding(
  axis: Axis,
  effect: AxisEffect,
  classNames: readonly string[],
  result: SimulationResult,
): string {
  const { accuracy, identity, mostAffected, leastAffected, classes } = effect
  const worst = lowestDegree(accuracy, result, identity)
  const unchanged = percent(accuracy.mean[identity]!)
  const parts = [
    worst !== identity
      ? `${axis.label}: accuracy falls from ${unchanged} to ${percent(accuracy.mean[worst]!)} at ${formatDegree(axis, result.degrees[worst]!)}.`
      : accuracy.mean.every((share) => share === accuracy.mean[identity])
        ? `${axis.label}: accuracy ${unchanged} throughout.`
        : `${axis.label}: accuracy never below the ${unchanged} unchanged.`,
  ]
  parts.push(breakingFinding(axis, effect, classNames))
  const [most, least] = [mostAffected, leastAffected].map((c) => (c === null ? '' : points(classes[c]!.drop)))
  if (most !== least)
    parts.push(
      `Most affected: ${classNames[mostAffected!]} (${most} on average), least: ${classNames[leastAffected!]} (${least}).`,
    )
  return parts.join(' ')
}

function breakingFinding(axis: Axis, { firstToBreak, classes }: AxisEffect, classNames: readonly string[]): string {
  const [first, ...others] = firstToBreak
  if (first === undefined) return 'The softmax of no class falls below 50 %.'
  const who =
    others.length > 1
      ? `${firstToBreak.length} classes`
      : firstToBreak.map((trueClass) => classNames[trueClass]).join(' and ')
  const { breaksBelow, breaksAbove } = nearestBreak(classes[first]!, axis)
  if (breaksBelow === breaksAbove) return `Softmax below 50 % already unchanged: ${who}.`
  return `First to break: ${who}, softmax below 50 % from ${formatDegrees(axis, breaksBelow, breaksAbove)}.`
}

function classFinding(
  axis: Axis,
  effect: ClassEffect,
  classNames: readonly string[],
  result: SimulationResult,
): string {
  const { trueClass, unchanged, breaksBelow, breaksAbove, images } = effect
  const name = classNames[trueClass]!
  if (images === 0) return `${name}: no image yet.`
  const where = formatDegrees(axis, breaksBelow, breaksAbove)
  const start = `${name} under ${axis.label.toLowerCase()}: softmax ${percent(unchanged)} unchanged, `
  const fall =
    where === ''
      ? 'never below 50 %.'
      : breaksBelow === breaksAbove
        ? 'below 50 % already.'
        : `below 50 % from ${where}.`
  const rival = leadingClasses(result, trueClass, 2)[1]
  if (rival === undefined) return start + fall
  const { mean } = simulationCurve(result, trueClass, rival)
  const peak = mean.reduce((high, value, i) => (value > mean[high]! ? i : high), 0)
  return `${start}${fall} Mistaken most for ${classNames[rival]}: ${percent(mean[peak]!)} at ${formatDegree(axis, result.degrees[peak]!)}.`
}

/** The side that breaks nearer to the identity, or both when equally near. */
function nearestBreak(effect: ClassEffect, { identity }: Axis): Pick<ClassEffect, 'breaksBelow' | 'breaksAbove'> {
  const { breaksBelow, breaksAbove } = effect
  if (breaksBelow === null || breaksAbove === null) return effect
  const difference = identity - breaksBelow - (breaksAbove - identity)
  return { breaksBelow: difference > 0 ? null : breaksBelow, breaksAbove: difference < 0 ? null : breaksAbove }
}

/** What is not nothing, or not all, is not written as if it were. */
function percent(share: number): string {
  const rounded = Math.round(share * 100)
  if (rounded === 0 && share > 0) return '<1 %'
  return rounded === 100 && share < 1 ? '>99 %' : `${rounded} %`
}

function countLabels({ classes, labels }: PredictionTable): Uint32Array {
  const counts = new Uint32Array(classes)
  for (const label of labels) counts[label]!++
  return counts
}

/** A change of a share, in percentage points. */
function points(drop: number): string {
  const change = Math.abs(Math.round(drop * 100))
  return `${change === 0 ? '' : drop > 0 ? '−' : '+'}${change} points`
}
