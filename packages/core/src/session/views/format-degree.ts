import type { Axis } from '../../augmentation.js'

/** A degree of a change for people: `+30°`, `4/255`, `1.5 px`. Signed where the axis goes both ways. */
export function formatDegree(axis: Axis, degree: number): string {
  return sign(axis, degree) + magnitude(axis, degree)
}

/** Degrees at which something happens, on one side or both: `±30°`, `−60° and +30°`. */
export function formatDegrees(axis: Axis, below: number | null, above: number | null): string {
  if (below !== null && above !== null && below !== above)
    return below === -above
      ? `±${magnitude(axis, above)}`
      : `${formatDegree(axis, below)} and ${formatDegree(axis, above)}`
  const one = below ?? above
  return one === null ? '' : formatDegree(axis, one)
}

/** How far a degree is from the identity, for people: without a sign. */
export function formatDistance(axis: Axis, distance: number): string {
  return magnitude(axis, distance)
}

function sign(axis: Axis, degree: number): string {
  if (axis.min >= 0 || degree === 0) return ''
  return degree < 0 ? '−' : '+'
}

function magnitude({ in255ths, unit }: Axis, degree: number): string {
  const size = Math.abs(degree)
  if (in255ths && size === 0) return '0'
  if (in255ths) return `${round(size * 255)}/255`
  return `${round(size)}${unit === '' || unit === '°' || unit === '%' ? unit : ` ${unit}`}`
}

function round(value: number): string {
  return String(Number(value.toFixed(2)))
}
