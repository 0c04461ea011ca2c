import type { EmbeddingPoints } from '@vatun/core'
import { type Quadtree, quadtree } from 'd3-quadtree'

/** Finds the point nearest to a position; keeps the tree of the points that were asked for last. */
export class PointFinder {
  #points: EmbeddingPoints | undefined
  #tree: Quadtree<number> | undefined

  /** The row nearest to `(x, y)` and not further than `reach`, all in the coordinates of the points; null where none is. */
  nearest(points: EmbeddingPoints, x: number, y: number, reach: number): number | null {
    if (points !== this.#points || !this.#tree) {
      this.#points = points
      this.#tree = quadtree<number>()
        .x((r) => points.x[r]!)
        .y((r) => points.y[r]!)
        .addAll(Array.from(points.x, (_, r) => r))
    }
    return this.#tree.find(x, y, reach) ?? null
  }
}
