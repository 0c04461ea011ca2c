import type { Axis } from '@vatun/core'

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345` */
export function formatCount(n: number): string {
  return whole.format(n)
}

/** `93.1 %` of a share 0…1; `<1 %` of what is not nothing, `>99 %` of what is not all; `–` for NaN. */
export function formatPercent(share: number, digits = 1): string {
  if (!Number.isFinite(share)) return '–'
  const text = (100 * share).toFixed(digits)
  const least = (10 ** -digits).toFixed(digits)
  if (share > 0 && Number(text) === 0) return `<${least} %`
  if (share < 1 && Number(text) === 100) return `>${(100 - Number(least)).toFixed(digits)} %`
  return `${text} %`
}

/**
 * `.91` of a probability, `1.0` for what rounds to one, `−.25` for a difference of two; two digits that tell something of small ones (`.023`, `.0012`), `<.001` of what
 * is less; `–` for NaN.
 * @param digits Of small ones.
 */
export function formatProbability(p: number, digits = 2): string {
  if (!Number.isFinite(p)) return '–'
  const size = Math.abs(p)
  if (size < 0.001) return p > 0 ? '<.001' : '.00'
  const rounded = size >= 0.0995 ? size : Number(size.toPrecision(digits))
  const zeros = rounded >= 0.0995 ? 0 : -Math.floor(Math.log10(rounded)) - 1
  const text = rounded.toFixed(zeros > 0 ? Math.max(2, zeros + digits) : 2)
  return (p < 0 ? '−' : '') + (text === '1.00' ? '1.0' : text.replace(/^0/, ''))
}

/** A magnitude with its sign and unit: `+45°`, `−0.2`, `4/255`. Signs only on axes that go both ways. */
export function formatMagnitude(axis: Pick<Axis, 'unit' | 'min' | 'step' | 'in255ths'>, value: number): string {
  const shown = axis.in255ths ? value * 255 : value
  const step = axis.in255ths ? axis.step * 255 : axis.step
  const digits = decimals(step)
  const text = Math.abs(shown).toFixed(digits)
  const zero = Number(text) === 0
  const sign = zero ? '' : shown < 0 ? '−' : axis.min < 0 ? '+' : ''
  if (axis.in255ths) return zero ? '0' : `${sign}${text}/255`
  const unit = axis.unit === '' || axis.unit === '°' ? axis.unit : ` ${axis.unit}`
  return `${sign}${text}${unit}`
}

/** `1:20 left`, `2:05:00 left`; empty when unknown. */
export function formatTimeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return ''
  const total = Math.ceil(seconds)
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60]
  const pad = (v: number) => String(v).padStart(2, '0')
  return `${h > 0 ? `${h}:${pad(m)}` : m}:${pad(s)} left`
}

/** Decimals that write every multiple of a step, four at most. */
function decimals(step: number): number {
  let digits = 0
  while (digits < 4 && Math.abs(step * 10 ** digits - Math.round(step * 10 ** digits)) > 1e-6) digits++
  return digits
}
