/** The position in 0 … size - 1 that is seen at `i` when a line is mirrored at both ends, the end not repeated: … c b | a b c … */
export function reflect(i: number, size: number): number {
  if (size === 1) return 0
  const period = 2 * (size - 1)
  const wrapped = ((i % period) + period) % period
  return wrapped < size ? wrapped : period - wrapped
}

/** The nearest position in 0 … size - 1. */
export function clampTo(i: number, size: number): number {
  return i < 0 ? 0 : i >= size ? size - 1 : i
}
