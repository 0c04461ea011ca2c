import { interpolateViridis } from 'd3-scale-chromatic'

/**
 * Tableau 10 order of hues, moved to luminances with a contrast of at least 3:1 on both backgrounds, and apart from each other
 * as seen with protanopia and deuteranopia.
 */
const categorical = [
  '#427ade',
  '#b14505',
  '#ba676d',
  '#0ba4b3',
  '#137630',
  '#898808',
  '#9344a2',
  '#e96998',
  '#b88c5c',
  '#686270',
] as const

/** Grey of the classes that are not in focus, and of images without a class. */
export const unfocusedColor = '#868d95'

/**
 * Colours of `n` classes, the same in every view: the ten of the palette for up to ten classes. Beyond that only the classes in
 * focus (ten at most) get a colour, the rest are grey. A class in focus has the colour of its index modulo ten, so that views with
 * different classes in focus agree, unless one earlier in `focus` has taken it: then the next free one.
 */
export function classColors(n: number, focus: readonly number[] = []): string[] {
  const size = categorical.length
  if (n <= size) return categorical.slice(0, n)
  const colors = new Array<string>(n).fill(unfocusedColor)
  const taken = new Set<number>()
  for (const c of new Set(focus.filter((index) => index < n))) {
    if (taken.size === size) break
    let slot = c % size
    while (taken.has(slot)) slot = (slot + 1) % size
    taken.add(slot)
    colors[c] = categorical[slot]!
  }
  return colors
}

/**
 * Colours of `n` classes for a view that has some of its own to colour: those in focus, which have the same colours in all views, then its others. Of more than ten,
 * classes in focus that the view does not show leave theirs to those that it does.
 * @param focused What a person looks at, in any view: `focusedClasses` of the session.
 */
export function focusColors(n: number, focused: readonly number[], own: readonly number[]): string[] {
  const others = own.filter((c) => !focused.includes(c)).slice(0, categorical.length)
  const colors = classColors(n, [...focused, ...others])
  if (n <= categorical.length) return colors
  const unseen = focused.filter((c) => colors[c] !== unfocusedColor && !own.includes(c))
  for (const c of others) {
    if (colors[c] !== unfocusedColor) continue
    const left = unseen.pop()
    if (left === undefined) break
    colors[c] = colors[left]!
    colors[left] = unfocusedColor
  }
  return colors
}

/**
 * Perceptually uniform scale (viridis) from 0, the end that catches the eye, to 1, the end that recedes towards the background.
 * Confidence goes in as it is; for activations and heat, give `1 - t`.
 * @param t 0…1, clipped; NaN counts as 1.
 * @param dark Whether the background is dark.
 */
export function sequential(t: number, dark = false): string {
  const clipped = Number.isNaN(t) ? 1 : Math.min(1, Math.max(0, t))
  return interpolateViridis(dark ? 1 - 0.82 * clipped : 0.88 * clipped)
}

/** Viridis as it is, dark for 0 and bright for 1, as `[r, g, b]` of 0…255: for heat maps over images. @param t 0…1, clipped. */
export function heat(t: number): readonly [number, number, number] {
  return parseColor(interpolateViridis(Math.min(1, Math.max(0, t))))
}

/** Colour of layer `i` of `n`: one ordered ramp of hues from blue over violet to orange, readable on both backgrounds. */
export function layerRamp(i: number, n: number): string {
  const t = n <= 1 ? 0 : i / (n - 1)
  const hue = 215 + 170 * t
  return oklch(0.62, 0.13, hue % 360)
}

/** Relative luminance (WCAG 2.2) of a CSS colour `#rrggbb`, `rgb(…)` or `rgba(…)`, 0…1. */
export function luminance(color: string): number {
  const [r, g, b] = parseColor(color).map((v) => {
    const s = v / 255
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

/** Contrast ratio (WCAG 2.2) of two colours, 1…21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high! + 0.05) / (low! + 0.05)
}

function parseColor(color: string): [number, number, number] {
  const hex = /^#([0-9a-f]{6})$/i.exec(color)
  if (hex) {
    const value = Number.parseInt(hex[1]!, 16)
    return [value >> 16, (value >> 8) & 255, value & 255]
  }
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map(Number)
  return [r, g, b]
}

/** OKLCH (Ottosson 2020) to sRGB, clipped to the gamut. @param hue Degrees. */
function oklch(lightness: number, chroma: number, hue: number): string {
  const a = chroma * Math.cos((hue * Math.PI) / 180)
  const b = chroma * Math.sin((hue * Math.PI) / 180)
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3
  const linear = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ]
  const bytes = linear.map((v) => {
    const c = Math.min(1, Math.max(0, v))
    return Math.round(255 * (c <= 0.0031308 ? 12.92 * c : 1.055 * c ** (1 / 2.4) - 0.055))
  })
  return `#${bytes.map((v) => v.toString(16).padStart(2, '0')).join('')}`
}
