import {
  type Curve,
  leadingClasses,
  type MeasureInfo,
  measureCurve,
  type SimulationColumn,
  simulationCurve,
} from '@vatun/core'
import { unfocusedColor } from '@vatun/view-kit'

/** A rectangle in CSS pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Colours that the page's theme decides. */
export interface CellColors {
  readonly ink: string
  readonly ground: string
  readonly line: string
  readonly classes: readonly string[]
}

/** Predicted classes with a line of their own in a small multiple. */
const lines = 6

/**
 * Draws one small multiple: the measure of the true class with its interval, and under its softmax a line for every class it is mistaken for.
 * Degrees run over the whole width, the range of the measure over the height.
 * @param trueClass Null stands for all classes.
 */
export function drawCell(
  context: CanvasRenderingContext2D,
  { result, effect }: SimulationColumn,
  trueClass: number | null,
  measure: MeasureInfo,
  box: Box,
  colors: CellColors,
): void {
  context.fillStyle = colors.ground
  context.fillRect(box.x, box.y, box.width, box.height)
  if (!result || !effect || result.degrees.length < 2) return
  if ((trueClass === null ? effect : effect.classes[trueClass]!).images === 0) return
  const [low, high] = [result.degrees[0]!, result.degrees.at(-1)!]
  const x = (degree: number): number => box.x + (box.width * (degree - low)) / (high - low)
  const [least, most] = measure.range
  const y = (value: number): number =>
    box.y + (box.height * (most - Math.min(most, Math.max(least, value)))) / (most - least)
  const identity = Math.round(x(result.degrees[effect.identity]!)) + (effect.identity === 0 ? 0.5 : -0.5)
  context.strokeStyle = colors.line
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(identity, box.y)
  context.lineTo(identity, box.y + box.height)
  if (least < 0) {
    const zero = Math.round(y(0)) + 0.5
    context.moveTo(box.x, zero)
    context.lineTo(box.x + box.width, zero)
  }
  context.stroke()

  const draw = (curve: Curve, color: string, width: number, band: boolean): void => {
    if (band) {
      context.globalAlpha = 0.15
      context.fillStyle = color
      context.fill(bandPath(result.degrees, curve, x, y))
      context.globalAlpha = 1
    }
    context.strokeStyle = color
    context.lineWidth = width
    context.lineJoin = 'round'
    context.stroke(linePath(result.degrees, curve.mean, x, y))
  }
  if (measure.name === 'softmax' && trueClass !== null) {
    const [, ...others] = leadingClasses(result, trueClass, lines + 1)
    for (const predicted of others.reverse())
      draw(simulationCurve(result, trueClass, predicted), colors.classes[predicted]!, 1, false)
  }
  const curve = measureCurve(result, measure.name, trueClass)
  if (curve) draw(curve, ownColor(trueClass, colors), 1.75, true)
}

/** A class without a colour of its own is to stand out from those it is mistaken for. */
function ownColor(trueClass: number | null, { classes, ink }: CellColors): string {
  const color = trueClass === null ? ink : classes[trueClass]!
  return color === unfocusedColor ? ink : color
}

function linePath(
  degrees: readonly number[],
  mean: Float64Array,
  x: (degree: number) => number,
  y: (share: number) => number,
): Path2D {
  const path = new Path2D()
  let drawing = false
  for (const [i, degree] of degrees.entries()) {
    const known = !Number.isNaN(mean[i]!)
    if (known && drawing) path.lineTo(x(degree), y(mean[i]!))
    else if (known) path.moveTo(x(degree), y(mean[i]!))
    drawing = known
  }
  return path
}

function bandPath(
  degrees: readonly number[],
  { low, high }: Curve,
  x: (degree: number) => number,
  y: (share: number) => number,
): Path2D {
  const known = [...degrees.keys()].filter((i) => !Number.isNaN(low[i]! + high[i]!))
  const path = new Path2D()
  for (const i of known) path.lineTo(x(degrees[i]!), y(high[i]!))
  for (const i of known.reverse()) path.lineTo(x(degrees[i]!), y(low[i]!))
  path.closePath()
  return path
}
