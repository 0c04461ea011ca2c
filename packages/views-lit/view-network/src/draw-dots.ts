import type { NetworkLayer } from '@vatun/core'
import { layerRamp } from '@vatun/view-kit'
import { type DotLayout, dotCentre } from './dot-layout.js'

/** What is drawn over the dots. */
export interface DotMarks {
  /** Positions of the filters of a pattern, in order. */
  readonly path: readonly number[]
  readonly chosen: number | null
  readonly hovered: number | null
}

/** The dots themselves. */
export interface Dots {
  /** Of the whole network, whose depth gives the colours. */
  readonly layers: readonly NetworkLayer[]
  /** Strength 0…1 per filter; null draws all dots faint. */
  readonly strength: Float32Array | null
}

/** Colours that the page's theme decides. */
export interface DotColors {
  readonly ink: string
  readonly muted: string
  readonly background: string
  readonly accent: string
  readonly dark: boolean
}

/** Of a canvas whose style says them: a canvas has no use of its own for a caret and a border. */
export function dotColors(canvas: HTMLCanvasElement, dark: boolean): DotColors {
  const { color, backgroundColor, caretColor, borderTopColor } = getComputedStyle(canvas)
  return { ink: color, background: backgroundColor, accent: caretColor, muted: borderTopColor, dark }
}

/** Strengths are drawn in this many steps: a path for each is much faster than one for each dot. */
const steps = 8
/** Of more dots than these, drawn this close to each other, nobody sees the corners; squares are drawn far faster. */
const manyDots = 20_000
const closePitch = 4.5

/** Opacity of a dot without strength, 0…1: light dots on a dark ground vanish earlier. */
export function faintestDot(dark: boolean): number {
  return dark ? 0.36 : 0.2
}

/** Draws the part of the layout from `scroll` to `scroll + height` on a context in CSS pixels. */
export function drawDots(
  context: CanvasRenderingContext2D,
  layout: DotLayout,
  dots: Dots,
  colors: DotColors,
  view: { readonly height: number; readonly scroll: number },
): void {
  const faintest = faintestDot(colors.dark)
  const filters = dots.layers.reduce((sum, layer) => sum + layer.filters, 0)
  const square = filters > manyDots && layout.pitch < closePitch
  context.save()
  context.translate(0, -view.scroll)
  context.font = `11px ${getComputedStyle(context.canvas).fontFamily}`
  context.textBaseline = 'middle'
  for (const block of layout.blocks) {
    if (block.top + block.height < view.scroll || block.top > view.scroll + view.height) continue
    if (block.labelled) {
      context.fillStyle = colors.muted
      const y = Math.max(block.top + 6, Math.min(block.top + block.height / 2, block.top + 7))
      context.fillText(shorten(context, block.label, layout.left - 8), 0, y)
    }
    context.fillStyle = layerRamp(dots.layers.indexOf(block.layer), dots.layers.length)
    const levels: Path2D[] = []
    // Only rows in sight: a layer may be as high as the network.
    const rowAt = (y: number) => Math.floor((y - block.dotsTop) / layout.pitch) * block.columns
    const first = Math.max(0, rowAt(view.scroll))
    const last = Math.min(block.layer.filters, rowAt(view.scroll + view.height) + block.columns)
    for (let f = first; f < last; f++) {
      const position = block.layer.start + f
      const level = Math.round((dots.strength?.[position] ?? 0) * steps)
      levels[level] ??= new Path2D()
      const radius = layout.pitch * (0.32 + 0.14 * (level / steps))
      const x = layout.left + ((f % block.columns) + 0.5) * layout.pitchX
      const y = block.dotsTop + (Math.floor(f / block.columns) + 0.5) * layout.pitch
      if (square) levels[level].rect(x - radius, y - radius, 2 * radius, 2 * radius)
      else {
        levels[level].moveTo(x + radius, y)
        levels[level].arc(x, y, radius, 0, 2 * Math.PI)
      }
    }
    for (const [level, path] of levels.entries()) {
      if (!path) continue
      context.globalAlpha = faintest + (1 - faintest) * (level / steps)
      context.fill(path)
    }
    context.globalAlpha = 1
  }
  context.restore()
}

/** Draws what stands out over the dots, on a context in CSS pixels. */
export function drawMarks(
  context: CanvasRenderingContext2D,
  layout: DotLayout,
  marks: DotMarks,
  colors: DotColors,
  scroll: number,
): void {
  context.save()
  context.translate(0, -scroll)
  drawPath(context, layout, marks.path, colors)
  ring(context, layout, marks.hovered, colors.ink, 1.5)
  ring(context, layout, marks.chosen, colors.accent, 2)
  context.restore()
}

function drawPath(
  context: CanvasRenderingContext2D,
  layout: DotLayout,
  path: readonly number[],
  colors: DotColors,
): void {
  const centres = path.map((position) => dotCentre(layout, position)).filter((centre) => centre !== null)
  if (centres.length === 0) return
  const line = new Path2D()
  for (const { x, y } of centres) line.lineTo(x, y)
  context.lineJoin = 'round'
  // A halo in the background's colour keeps the path readable over the dots.
  for (const [style, width] of [
    [colors.background, 4],
    [colors.ink, 1.5],
  ] as const) {
    context.strokeStyle = style
    context.lineWidth = width
    context.stroke(line)
  }
  for (const { x, y } of centres) {
    context.beginPath()
    context.arc(x, y, Math.max(3.5, layout.pitch / 2), 0, 2 * Math.PI)
    context.fillStyle = colors.ink
    context.fill()
    context.lineWidth = 1.5
    context.strokeStyle = colors.background
    context.stroke()
  }
}

function ring(
  context: CanvasRenderingContext2D,
  layout: DotLayout,
  position: number | null,
  color: string,
  width: number,
): void {
  const centre = position === null ? null : dotCentre(layout, position)
  if (!centre) return
  context.beginPath()
  context.arc(centre.x, centre.y, Math.max(4, layout.pitch / 2 + 1), 0, 2 * Math.PI)
  context.strokeStyle = color
  context.lineWidth = width
  context.stroke()
}

/** The end of a long name is what tells layers apart, so the beginning gives way. */
function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  let shown = text
  while (shown.length > 2 && context.measureText(shown).width > width) shown = `…${shown.slice(2)}`
  return shown
}
