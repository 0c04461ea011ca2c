/**
 * Where a key takes the vertical line of a chart; undefined for keys that do not move it.
 * @param degrees In ascending order.
 * @param moved Where a step up or down leads.
 */
export function valueAfterKey(
  key: string,
  degrees: readonly number[],
  moved: (direction: 1 | -1) => number,
): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return moved(-1)
    case 'ArrowRight':
    case 'ArrowUp':
      return moved(1)
    case 'Home':
      return degrees[0]
    case 'End':
      return degrees.at(-1)
    default:
      return undefined
  }
}

/** Position of the degree that is nearest to a value. */
export function nearestDegree(degrees: readonly number[], value: number): number {
  return degrees.reduce(
    (best, degree, i) => (Math.abs(degree - value) < Math.abs(degrees[best]! - value) ? i : best),
    0,
  )
}

/** The nearest multiple of a step; the value itself where there is none. */
export function nearestStep(value: number, step: number | undefined): number {
  const nearest = step ? Math.round(value / step) * step : value
  // Steps of a tenth do not add up exactly in binary; ten digits are more than any slider shows.
  return Number(nearest.toPrecision(10))
}
