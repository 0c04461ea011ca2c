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
  return `${hundredths(from)}${least < 0 ? ' to ' : '–'}${hundredths(to)}`
}

/** An end of an interval is not exact, and more digits would take the room of the measures. */
function hundredths(value: number): string {
  const size = Math.abs(value).toFixed(2)
  return (value < 0 && size !== '0.00' ? '−' : '') + (size === '1.00' ? '1.0' : size.replace(/^0/, ''))
}

/** The 95 % interval of a share: `22–61 %`; `–` where unknown. */
export function rateInterval(low: number, high: number): string {
  return Number.isFinite(low + high) ? unbroken(`${(100 * low).toFixed(0)}–${formatPercent(high, 0)}`) : '–'
}

/** Keeps a number and its unit on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(' %', '\u00a0%')
}
