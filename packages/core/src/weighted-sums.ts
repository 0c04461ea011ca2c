/** Terms of weighted sums over memory: how far from the place of the sum each value lies, and its weight. */
export interface Terms {
  readonly offsets: Int32Array
  readonly weights: Float64Array
}

/** Up to so many terms are written out: a third to a half less time than a loop over them. */
const FEW = 5

/**
 * `target[at + k] = Σ weights[e] · source[from + offsets[e] + k]` for `k < length` and `first ≤ e < end`.
 *
 * Several neighbours at a time, each sum in a register: about three times as fast as one addition to memory per term. Arrays are not destructured within
 * loops over pixels: in a whole program, though not in the loop alone, that was measured to take several times as long.
 */
export function writeSums(
  target: Float32Array,
  at: number,
  length: number,
  source: Float32Array,
  from: number,
  { offsets, weights }: Terms,
  first = 0,
  end = offsets.length,
): void {
  if (end - first <= FEW && length >= 8) {
    writeFewSums(target, at, length, source, from, offsets, weights, first, end)
    return
  }
  let k = 0
  for (; k + 8 <= length; k += 8) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    let e = 0
    let f = 0
    let g = 0
    let h = 0
    for (let term = first; term < end; term++) {
      const weight = weights[term]!
      const place = from + offsets[term]! + k
      a += weight * source[place]!
      b += weight * source[place + 1]!
      c += weight * source[place + 2]!
      d += weight * source[place + 3]!
      e += weight * source[place + 4]!
      f += weight * source[place + 5]!
      g += weight * source[place + 6]!
      h += weight * source[place + 7]!
    }
    const to = at + k
    target[to] = a
    target[to + 1] = b
    target[to + 2] = c
    target[to + 3] = d
    target[to + 4] = e
    target[to + 5] = f
    target[to + 6] = g
    target[to + 7] = h
  }
  // The channels of one pixel.
  for (; k + 3 <= length; k += 3) {
    let a = 0
    let b = 0
    let c = 0
    for (let term = first; term < end; term++) {
      const weight = weights[term]!
      const place = from + offsets[term]! + k
      a += weight * source[place]!
      b += weight * source[place + 1]!
      c += weight * source[place + 2]!
    }
    target[at + k] = a
    target[at + k + 1] = b
    target[at + k + 2] = c
  }
  for (; k < length; k++) {
    let sum = 0
    for (let term = first; term < end; term++) sum += weights[term]! * source[from + offsets[term]! + k]!
    target[at + k] = sum
  }
}

function writeFewSums(
  target: Float32Array,
  at: number,
  length: number,
  source: Float32Array,
  from: number,
  offsets: Int32Array,
  weights: Float64Array,
  first: number,
  end: number,
): void {
  if (first === end) {
    target.fill(0, at, at + length)
    return
  }
  // Beyond the last term, the last one once more with no weight.
  const weight = (e: number): number => (first + e < end ? weights[first + e]! : 0)
  const place = (e: number): number => from + offsets[Math.min(first + e, end - 1)]!
  const [u, v, w, x, y] = [weight(0), weight(1), weight(2), weight(3), weight(4)]
  const [a, b, c, d, e] = [place(0), place(1), place(2), place(3), place(4)]
  for (let k = 0; k < length; k++)
    target[at + k] =
      u * source[a + k]! + v * source[b + k]! + w * source[c + k]! + x * source[d + k]! + y * source[e + k]!
}
