import type { EmbeddingPoints, SessionState } from '@vatun/core'
import { sequential, unfocusedColor } from '@vatun/view-kit'

/** Colours of the points of a scatter: an index into a palette each. Later palette entries are drawn on top. */
export interface PointPaint {
  readonly palette: readonly string[]
  readonly colorOf: Uint16Array
}

const shades = 32

/**
 * Colours by true class (those in focus on top), by confidence (the lower, the further on top) or by correctness (wrong on top).
 * @param ink Colour of text, for what is wrong.
 */
export function paintPoints(
  points: EmbeddingPoints,
  mode: SessionState['colorMode'],
  classes: readonly string[],
  theme: { readonly dark: boolean; readonly ink: string },
): PointPaint {
  const { labels, predicted, confidence } = points
  if (mode === 'class') {
    const palette = [unfocusedColor, ...new Set(classes.filter((color) => color !== unfocusedColor))]
    const placeOf = classes.map((color) => palette.indexOf(color))
    return { palette, colorOf: Uint16Array.from(labels, (c) => placeOf[c] ?? 0) }
  }
  if (mode === 'correctness') {
    const colorOf = Uint16Array.from(labels, (c, r) => (c === predicted[r] ? 0 : 1))
    return { palette: [unfocusedColor, theme.ink], colorOf }
  }
  const palette = Array.from({ length: shades }, (_, i) => sequential(1 - i / (shades - 1), theme.dark))
  const colorOf = Uint16Array.from(confidence, (p) => Math.round((1 - (Number.isNaN(p) ? 1 : p)) * (shades - 1)))
  return { palette, colorOf }
}
