// Data that every run makes anew, the same each time, and the way in which times are told.

/** Uniform numbers in [0, 1) from a linear congruential generator. */
function uniform(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

/** `[rows, dimensions]` gaussian-like clusters, row r in cluster r % count. */
export function clusters(rows, dimensions, count) {
  const random = uniform(1)
  const bell = () => random() + random() + random() + random() - 2
  const centres = Float32Array.from({ length: count * dimensions }, () => 3 * bell())
  return Float32Array.from(
    { length: rows * dimensions },
    (_, i) => centres[(Math.floor(i / dimensions) % count) * dimensions + (i % dimensions)] + bell(),
  )
}

/** Sequences with one of 512 items per layer, a few of them far more common than the rest. */
export function layeredSequences(count, layers) {
  const random = uniform(2)
  return Array.from({ length: count }, () =>
    Array.from({ length: layers }, (_, layer) => layer * 512 + Math.floor(512 * random() ** 4)),
  )
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1]
}

/** `median (least … most)` in milliseconds. */
export function summary(values) {
  return `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} … ${Math.max(...values).toFixed(0)})`
}
