import type { Norm } from './attack-steps.js'

/** Keeps `8 / 255 · 255 = 7.999…` at 8 levels. */
const tolerance = 1e-4

/**
 * Rounds attacked images to the 256 levels that a file can hold, without leaving the ball: to the nearest level for L∞; for L2 the values whose
 * rounding gained most length for least reason go back one level until the length fits.
 *
 * @param original `[n, …]` levels, the centre of the ball.
 * @param attacked `[n, …]` in [0, 1], within the ball.
 * @param size Values an image.
 * @param epsilon Radius, in pixel units.
 */
export function roundWithin(
  original: Uint8Array,
  attacked: Float32Array,
  size: number,
  norm: Norm,
  epsilon: number,
): Uint8Array {
  const radius = epsilon * 255 + tolerance
  const rounded = new Uint8Array(original.length)
  for (let i = 0; i < rounded.length; i++) {
    const change = attacked[i]! * 255 - original[i]!
    const levels = Math.min(Math.round(Math.abs(change)), norm === 'linf' ? Math.floor(radius) : 255)
    rounded[i] = original[i]! + Math.sign(change) * levels
  }
  if (norm === 'l2')
    for (let start = 0; start < rounded.length; start += size)
      shorten(original, attacked, rounded, start, start + size, radius ** 2)
  return rounded
}

function shorten(
  original: Uint8Array,
  attacked: Float32Array,
  rounded: Uint8Array,
  start: number,
  end: number,
  allowed: number,
): void {
  const levelsOf = (i: number) => Math.abs(rounded[i]! - original[i]!)
  const excess = (i: number) => levelsOf(i) - Math.abs(attacked[i]! * 255 - original[i]!)
  let length = 0
  const lengthened: number[] = []
  for (let i = start; i < end; i++) {
    length += levelsOf(i) ** 2
    if (excess(i) > 0) lengthened.push(i)
  }
  if (length <= allowed) return
  for (const i of lengthened.sort((a, b) => excess(b) - excess(a))) {
    if (length <= allowed) return
    const levels = levelsOf(i)
    length -= levels ** 2 - (levels - 1) ** 2
    rounded[i] = original[i]! + Math.sign(rounded[i]! - original[i]!) * (levels - 1)
  }
}
