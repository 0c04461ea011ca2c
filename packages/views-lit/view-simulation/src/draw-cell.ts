import { type Curve, leadingClasses, type SimulationColumn, simulationCurve } from '@vatun/core'

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
 * Draws one small multiple: a line per predicted class with the true class on top, or the accuracy for the row of all classes.
 * Degrees run over the whole width, 0…1 over the height.
 * @param trueClass Null stands for all classes.
 */
export function drawCell(
  context: CanvasRenderingContext2D,
  { result, effect }: SimulationColumn,
  trueClass: number | null,
  box: Box,
  colors: CellColors,
): void {
  context.fillStyle = colors.ground
  context.fillRect(box.x, box.y, box.width, box.height)
  if (!result || !effect || result.degrees.length < 2) return
  if ((trueClass === null ? effect : effect.classes[trueClass]!).images === 0) return
  const [low, high] = [result.degrees[0]!, result.degrees.at(-1)!]
  const x = (degree: number): number => box.x + (box.width * (degree - low)) / (high - low)
  const y = (share: number): number => box.y + box.height * (1 - Math.min(1, Math.max(0, share)))
  const identity = Math.round(x(result.degrees[effect.identity]!)) + (effect.identity === 0 ? 0.5 : -0.5)
  context.strokeStyle = colors.line
  context.lineWidth = 1
  context.beginPath()
  context.moveTo(identity, box.y)
  context.lineTo(identity, box.y + box.height)
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
  if (trueClass === null) {
    draw(effect.accuracy, colors.ink, 1.5, true)
    return
  }
  const [, ...others] = leadingClasses(result, trueClass, lines + 1)
  for (const predicted of others.reverse())
    draw(simulationCurve(result, trueClass, predicted), colors.classes[predicted]!, 1, false)
  draw(simulationCurve(result, trueClass, trueClass), colors.classes[trueClass]!, 1.75, true)
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
  { mean, halfWidth }: Curve,
  x: (degree: number) => number,
  y: (share: number) => number,
): Path2D {
  const known = [...degrees.keys()].filter((i) => !Number.isNaN(mean[i]! + halfWidth[i]!))
  const path = new Path2D()
  for (const i of known) path.lineTo(x(degrees[i]!), y(mean[i]! + halfWidth[i]!))
  for (const i of known.reverse()) path.lineTo(x(degrees[i]!), y(mean[i]! - halfWidth[i]!))
  path.closePath()
  return path
}
