import type { Affinities } from './affinities.js'
import { Quadtree } from './quadtree.js'

/** Lower than the usual 0.5, because cells are only as large as their points need, so that more of them pass. */
const THETA = 0.35

/**
 * Gradient of the Kullback–Leibler divergence of a layout from its affinities, with Barnes–Hut repulsion
 * (van der Maaten, JMLR 2014): `∂C/∂y_i = 4 Σ_j (p_ij − q_ij) (y_i − y_j) / (1 + ‖y_i − y_j‖²)`.
 */
export class TsneGradient {
  /** `[n, 2]`, overwritten by {@link compute}. */
  readonly values: Float64Array
  /** Kullback–Leibler divergence, in nats, of the last {@link compute} that was asked for it. */
  divergence = Number.NaN
  readonly #affinities: Affinities
  readonly #tree: Quadtree
  readonly #repulsion: Float64Array
  readonly #theta: number

  /** @param theta Accuracy: cells that look smaller than this (side over distance) act as one point. Below 0.7; 0 is exact; default 0.35. */
  constructor(affinities: Affinities, n: number, theta = THETA) {
    this.#affinities = affinities
    this.#theta = theta
    this.#tree = new Quadtree(n)
    this.values = new Float64Array(2 * n)
    this.#repulsion = new Float64Array(2 * n)
  }

  /**
   * @param positions `[n, 2]`
   * @param exaggeration Factor of the affinities.
   * @param withDivergence Also computes {@link divergence} (without exaggeration).
   */
  compute(positions: Float64Array, exaggeration: number, withDivergence = false): void {
    this.#tree.build(positions)
    const total = Math.max(this.#repel(), Number.MIN_VALUE)
    this.#attract(positions, 4 * exaggeration, 4 / total)
    if (withDivergence) this.divergence = this.#divergence(positions, total)
  }

  /** Fills `#repulsion` with `Σ_j (y_i − y_j) / (1 + d²)²` and returns `Σ_ij 1 / (1 + d²)` over i ≠ j. */
  #repel(): number {
    const { cells, x, y, count, extent, next, first, leaf, order, px, py } = this.#tree
    const squaredTheta = this.#theta ** 2
    const n = order.length
    let total = 0
    for (let i = 0; i < n; i++) {
      const xi = px[i]!
      const yi = py[i]!
      let [forceX, forceY, weight] = [0, 0, 0]
      let cell = 0
      while (cell < cells) {
        const dx = xi - x[cell]!
        const dy = yi - y[cell]!
        const squared = dx * dx + dy * dy
        if (extent[cell]! <= squaredTheta * squared) {
          const q = 1 / (1 + squared)
          const wq = count[cell]! * q
          weight += wq
          forceX += wq * q * dx
          forceY += wq * q * dy
          cell = next[cell]!
        } else if (leaf[cell] === 1) {
          const end = first[cell]! + count[cell]!
          for (let j = first[cell]!; j < end; j++) {
            const ex = xi - px[j]!
            const ey = yi - py[j]!
            const q = 1 / (1 + ex * ex + ey * ey)
            weight += q
            forceX += q * q * ex
            forceY += q * q * ey
          }
          cell = next[cell]!
        } else cell++
      }
      // The point met itself once, at distance 0: no force, weight 1.
      total += weight - 1
      this.#repulsion[2 * order[i]!] = forceX
      this.#repulsion[2 * order[i]! + 1] = forceY
    }
    return total
  }

  #attract(positions: Float64Array, attraction: number, repulsion: number): void {
    const { starts, columns, values } = this.#affinities
    for (let i = 0; i < starts.length - 1; i++) {
      const xi = positions[2 * i]!
      const yi = positions[2 * i + 1]!
      let [forceX, forceY] = [0, 0]
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        const j = 2 * columns[e]!
        const dx = xi - positions[j]!
        const dy = yi - positions[j + 1]!
        const pull = values[e]! / (1 + dx * dx + dy * dy)
        forceX += pull * dx
        forceY += pull * dy
      }
      this.values[2 * i] = attraction * forceX - repulsion * this.#repulsion[2 * i]!
      this.values[2 * i + 1] = attraction * forceY - repulsion * this.#repulsion[2 * i + 1]!
    }
  }

  #divergence(positions: Float64Array, total: number): number {
    const { starts, columns, values } = this.#affinities
    let sum = 0
    for (let i = 0; i < starts.length - 1; i++)
      for (let e = starts[i]!; e < starts[i + 1]!; e++) {
        const p = values[e]!
        const dx = positions[2 * i]! - positions[2 * columns[e]!]!
        const dy = positions[2 * i + 1]! - positions[2 * columns[e]! + 1]!
        if (p > 0) sum += p * Math.log(p * total * (1 + dx * dx + dy * dy))
      }
    return sum
  }
}
