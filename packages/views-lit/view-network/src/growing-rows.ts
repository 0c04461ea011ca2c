/** Rows made at a time, each of a dozen elements; more would hold up the page. */
const step = 4
/** Least height of a row in CSS pixels. */
const leastRow = 64

/** How many rows of a long list exist: those that can have been seen, and some ahead of the scrolling. */
export class GrowingRows {
  /** Rows that exist. */
  count = 0
  #wanted = 0
  #seen = 0

  /** Notes that the list is seen down to there, in CSS pixels from its beginning. @returns whether that is farther than before. */
  see(bottom: number): boolean {
    if (bottom <= this.#seen) return false
    this.#seen = bottom
    return true
  }

  /** As {@link see}, for somebody who asks for what comes after the last row. */
  seeMore(height: number): void {
    this.see(this.count * leastRow + height)
  }

  /**
   * Makes some of the rows that are missing.
   * @param total Rows of the whole list.
   * @param height Of the list, in CSS pixels.
   * @param needed Rows that have to exist in any case.
   * @returns whether more are missing.
   */
  grow(total: number, height: number, needed: number): boolean {
    const ahead = Math.ceil((this.#seen + height) / leastRow) + 2
    this.#wanted = Math.min(total, Math.max(ahead, needed))
    this.count = Math.min(this.#wanted, this.count + step)
    return this.count < this.#wanted
  }
}
