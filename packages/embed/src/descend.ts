import type { TsneGradient } from './gradient.js'

/** Settings of {@link descend}. */
export interface DescentSettings {
  readonly iterations: number
  readonly learningRate: number
  /** The divergence is computed at multiples of this, and in the last iteration. */
  readonly refreshEvery: number
}

/** Factor of the affinities in the first iterations (scikit-learn's default). */
const EXAGGERATION = 12

/**
 * Gradient descent with momentum and a gain for each coordinate (Jacobs 1988; settings of van der Maaten & Hinton, JMLR 2008).
 * Yields after each iteration; `positions` is the same array every time.
 */
export function* descend(
  gradient: TsneGradient,
  start: Float64Array,
  { iterations, learningRate, refreshEvery }: DescentSettings,
): Generator<{ readonly positions: Float64Array; readonly iteration: number }, void, void> {
  const positions = start
  const velocity = new Float64Array(positions.length)
  const gains = new Float64Array(positions.length).fill(1)
  const exaggerated = Math.min(250, Math.floor(iterations / 4))
  for (let iteration = 1; iteration <= iterations; iteration++) {
    const early = iteration <= exaggerated
    const reported = iteration % refreshEvery === 0 || iteration === iterations
    gradient.compute(positions, early ? EXAGGERATION : 1, reported)
    const momentum = early ? 0.5 : 0.8
    for (let i = 0; i < positions.length; i++) {
      const slope = gradient.values[i]!
      const turned = slope > 0 === velocity[i]! > 0
      const gain = turned ? Math.max(0.01, gains[i]! * 0.8) : gains[i]! + 0.2
      gains[i] = gain
      velocity[i] = momentum * velocity[i]! - learningRate * gain * slope
      positions[i]! += velocity[i]!
    }
    centre(positions)
    yield { positions, iteration }
  }
}

/** Moves the mean to the origin: t-SNE does not determine it. */
function centre(positions: Float64Array): void {
  let [x, y] = [0, 0]
  for (let i = 0; i < positions.length; i += 2) {
    x += positions[i]!
    y += positions[i + 1]!
  }
  const n = positions.length / 2
  for (let i = 0; i < positions.length; i += 2) {
    positions[i]! -= x / n
    positions[i + 1]! -= y / n
  }
}
