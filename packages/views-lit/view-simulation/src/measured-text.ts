import type { MeasureInfo } from '@vatun/core'
import { formatPercent, formatProbability } from '@vatun/view-kit'

/** A value of a measure: `40 %`, `.43`, `−.12`. */
export function measuredText({ isRate }: MeasureInfo, value: number): string {
  return isRate ? unbroken(formatPercent(value, 0)) : formatProbability(value)
}

/** Its 95 % interval: `22–61 %`, `.33–.53`, `−.3 to .1`; `–` where unknown. */
export function intervalText(measure: MeasureInfo, low: number, high: number): string {
  if (!Number.isFinite(low + high)) return '–'
  const [least, most] = measure.range
  const [from, to] = [Math.max(least, low), Math.min(most, high)]
  if (measure.isRate) return rateInterval(from, to)
  // A dash between negative numbers would be taken for a sign.
  return `${formatProbability(from)}${least < 0 ? ' to ' : '–'}${formatProbability(to)}`
}

/** The 95 % interval of a share: `22–61 %`; `–` where unknown. */
export function rateInterval(low: number, high: number): string {
  return Number.isFinite(low + high) ? unbroken(`${(100 * low).toFixed(0)}–${formatPercent(high, 0)}`) : '–'
}

/** Keeps a number and its unit on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(' %', '\u00a0%')
}
