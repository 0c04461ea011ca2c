let context: CanvasRenderingContext2D | null | undefined

/**
 * Width of a text in CSS pixels.
 * @param font A CSS font, `600 11px sans-serif`. Where there is no canvas (Node), a rough guess for 11 px is given.
 */
export function textWidth(text: string, font: string): number {
  if (context === undefined) context = globalThis.document?.createElement('canvas').getContext('2d') ?? null
  if (!context) return text.length * 11 * 0.56
  context.font = font
  return context.measureText(text).width
}

/** The beginning of a text with … where it is wider than `width`; one character at least. */
export function shortenText(text: string, width: number, font: string): string {
  if (textWidth(text, font) <= width) return text
  let length = text.length - 1
  while (length > 1 && textWidth(`${text.slice(0, length)}…`, font) > width) length--
  return `${text.slice(0, length).trimEnd()}…`
}
