/** Levels of the tree: cells are at least 2⁻¹⁵ of the layout wide. */
const LEVELS = 15
/** Points that a leaf may hold; comparing few points directly is cheaper than further cells. */
const LEAF = 6

/**
 * A quadtree over points in the plane, in flat arrays that later builds use again. Cells are in preorder: the first child
 * follows its parent, `next` leads past the whole subtree.
 */
export class Quadtree {
  cells = 0
  /** Centre of mass, number of points, and the larger side of the bounding box, squared. */
  readonly x: Float64Array
  readonly y: Float64Array
  readonly count: Float64Array
  readonly extent: Float64Array
  readonly next: Int32Array
  /** Range of the cell's points in `order`. */
  readonly first: Int32Array
  /** 1 if the points are to be looked at one by one. */
  readonly leaf: Uint8Array
  /** `[n]` points in the order of the cells (Z order), and their coordinates in that order. */
  readonly order: Int32Array
  readonly px: Float64Array
  readonly py: Float64Array
  readonly #keys: Int32Array
  readonly #spareOrder: Int32Array

  constructor(n: number) {
    const most = 2 * Math.max(1, n)
    this.x = new Float64Array(most)
    this.y = new Float64Array(most)
    this.count = new Float64Array(most)
    this.extent = new Float64Array(most)
    this.next = new Int32Array(most)
    this.first = new Int32Array(most)
    this.leaf = new Uint8Array(most)
    this.order = Int32Array.from({ length: n }, (_, i) => i)
    this.px = new Float64Array(n)
    this.py = new Float64Array(n)
    this.#keys = new Int32Array(n)
    this.#spareOrder = new Int32Array(n)
  }

  /** @param positions `[n, 2]` */
  build(positions: Float64Array): void {
    this.cells = 0
    const n = this.order.length
    if (n === 0) return
    this.#sort(positions)
    for (let i = 0; i < n; i++) {
      this.px[i] = positions[2 * this.order[i]!]!
      this.py[i] = positions[2 * this.order[i]! + 1]!
    }
    this.#cell(0, n, LEVELS - 1)
  }

  /** Sorts the points by their key, the interleaved bits of their grid coordinates (radix sort, two digits). */
  #sort(positions: Float64Array): void {
    const n = this.order.length
    let [left, right, bottom, top] = [
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]
    for (let i = 0; i < n; i++) {
      left = Math.min(left, positions[2 * i]!)
      right = Math.max(right, positions[2 * i]!)
      bottom = Math.min(bottom, positions[2 * i + 1]!)
      top = Math.max(top, positions[2 * i + 1]!)
    }
    const side = Math.max(right - left, top - bottom)
    const scale = side > 0 ? (2 ** LEVELS - 1) / side : 0
    for (let i = 0; i < n; i++) {
      const column = (positions[2 * i]! - left) * scale
      const row = (positions[2 * i + 1]! - bottom) * scale
      this.#keys[i] = spread(column | 0) | (spread(row | 0) << 1)
    }
    radixPass(this.#keys, 0, this.order, this.#spareOrder)
    radixPass(this.#keys, LEVELS, this.#spareOrder, this.order)
  }

  /** Makes the cell of the points `start … end − 1`, which agree in all levels above `level`. Returns nothing; `next` is set. */
  #cell(start: number, end: number, level: number): void {
    const cell = this.cells++
    this.first[cell] = start
    this.count[cell] = end - start
    let [sumX, sumY] = [0, 0]
    let [left, right, bottom, top] = [this.px[start]!, this.px[start]!, this.py[start]!, this.py[start]!]
    for (let i = start; i < end; i++) {
      const x = this.px[i]!
      const y = this.py[i]!
      sumX += x
      sumY += y
      if (x < left) left = x
      if (x > right) right = x
      if (y < bottom) bottom = y
      if (y > top) top = y
    }
    this.x[cell] = sumX / (end - start)
    this.y[cell] = sumY / (end - start)
    this.extent[cell] = Math.max(right - left, top - bottom) ** 2
    this.leaf[cell] = end - start <= LEAF ? 1 : 0
    if (this.leaf[cell] === 0) this.#split(start, end, level, cell)
    this.next[cell] = this.cells
  }

  #split(start: number, end: number, top: number, cell: number): void {
    const key = (i: number) => this.#keys[this.order[i]!]!
    // Levels at which all points fall into one quarter need no cell.
    let level = top
    while (level >= 0 && key(start) >> (2 * level) === key(end - 1) >> (2 * level)) level--
    if (level < 0) {
      // Points that no level separates act as one: their mutual distances are next to nothing.
      this.extent[cell] = 0
      return
    }
    for (let from = start; from < end; ) {
      const quarter = key(from) >> (2 * level)
      let to = from + 1
      while (to < end && key(to) >> (2 * level) === quarter) to++
      this.#cell(from, to, level - 1)
      from = to
    }
  }
}

/** Spreads 15 bits to the even places. */
function spread(bits: number): number {
  let x = (bits | (bits << 8)) & 0x00ff00ff
  x = (x | (x << 4)) & 0x0f0f0f0f
  x = (x | (x << 2)) & 0x33333333
  return (x | (x << 1)) & 0x55555555
}

const digits = new Int32Array(2 ** LEVELS + 1)

/** One stable counting pass by the `LEVELS` bits of the keys from `shift` on. */
function radixPass(keys: Int32Array, shift: number, from: Int32Array, to: Int32Array): void {
  const mask = 2 ** LEVELS - 1
  digits.fill(0)
  for (let i = 0; i < keys.length; i++) digits[((keys[i]! >> shift) & mask) + 1]!++
  for (let digit = 1; digit <= mask; digit++) digits[digit]! += digits[digit - 1]!
  for (let i = 0; i < from.length; i++) {
    const item = from[i]!
    to[digits[(keys[item]! >> shift) & mask]!++] = item
  }
}
