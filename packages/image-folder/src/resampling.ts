/** Weights are whole numbers: 1 is 2²². */
const one = 2 ** 22

/** How pixels of a line become those of another line: for each of `count` of them, where to begin and the weights from there on. */
export interface Resampling {
  readonly count: number
  /** Weights of each pixel, as many for all; some at the end are 0. */
  readonly taps: number
  /** First source pixel of each. */
  readonly starts: Int32Array
  /** How many source pixels each takes. */
  readonly counts: Int32Array
  /** Weights `[count, taps]`; those of a pixel add up to 2²². */
  readonly weights: Int32Array
}

/**
 * Bilinear interpolation of a line of `source` pixels to `target` ones, antialiased: where the line gets shorter, the triangle is as wide as
 * the pixels of the target, as in Pillow's `resize` (Pillow, `Resample.c`).
 *
 * @param first The first pixel of the target that is wanted, with the `count - 1` that follow: the rest is cropped.
 */
export function resampleLine(source: number, target: number, first = 0, count = target): Resampling {
  const scale = source / target
  const support = Math.max(scale, 1)
  const taps = 2 * Math.ceil(support) + 1
  const starts = new Int32Array(count)
  const counts = new Int32Array(count)
  const weights = new Int32Array(count * taps)
  for (let i = 0; i < count; i++) {
    const centre = (first + i + 0.5) * scale
    const start = Math.max(0, Math.trunc(centre - support + 0.5))
    const end = Math.min(source, Math.trunc(centre + support + 0.5))
    const triangle = Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs((start + k - centre + 0.5) / support)),
    )
    const sum = triangle.reduce((a, b) => a + b, 0)
    starts[i] = start
    counts[i] = end - start
    for (const [k, value] of triangle.entries()) weights[i * taps + k] = Math.floor((value / sum) * one + 0.5)
  }
  return { count, taps, starts, counts, weights }
}

/** The source pixels that a resampling needs: from the first one to before the last. */
export function rangeOf({ count, starts, counts }: Resampling): readonly [number, number] {
  return [starts[0]!, starts[count - 1]! + counts[count - 1]!]
}

/**
 * Resamples the rows of a picture along x.
 *
 * @param source `[rows, width, 4]`
 * @param channels 1 takes the luma (ITU-R 601, as Pillow's `convert('L')`), 3 leaves the fourth value out.
 * @param target `[rows, count, channels]`, written from `offset` on.
 */
export function resampleRows(
  source: Uint8ClampedArray,
  width: number,
  rows: number,
  channels: 1 | 3,
  resampling: Resampling,
  target: Uint8Array,
  offset: number,
): void {
  const { count, taps, starts, counts, weights } = resampling
  const line = channels === 1 ? new Uint8Array(width) : undefined
  let t = offset
  for (let y = 0; y < rows; y++) {
    const row = y * width * 4
    if (line) toLuma(source, row, line)
    for (let x = 0; x < count; x++) {
      const end = counts[x]!
      const w = x * taps
      if (line) {
        let sum = one >> 1
        for (let k = 0, s = starts[x]!; k < end; k++, s++) sum += line[s]! * weights[w + k]!
        target[t++] = sum >> 22
        continue
      }
      let red = one >> 1
      let green = one >> 1
      let blue = one >> 1
      for (let k = 0, s = row + starts[x]! * 4; k < end; k++, s += 4) {
        const weight = weights[w + k]!
        red += source[s]! * weight
        green += source[s + 1]! * weight
        blue += source[s + 2]! * weight
      }
      target[t++] = Math.min(255, red >> 22)
      target[t++] = Math.min(255, green >> 22)
      target[t++] = Math.min(255, blue >> 22)
    }
  }
}

/** Weights of ITU-R BT.601-7, 2.5.1, in parts of 2¹⁶. */
function toLuma(source: Uint8ClampedArray, from: number, line: Uint8Array): void {
  for (let x = 0, s = from; x < line.length; x++, s += 4)
    line[x] = (source[s]! * 19595 + source[s + 1]! * 38470 + source[s + 2]! * 7471 + 0x8000) >> 16
}

/**
 * Resamples a picture along y.
 *
 * @param source `[rows, stride]`, rows from `firstRow` of the picture on.
 * @param target Rows of `stride` values, `pitch` values apart, written from `offset` on.
 */
export function resampleColumns(
  source: Uint8Array,
  stride: number,
  firstRow: number,
  { count, taps, starts, counts, weights }: Resampling,
  target: Uint8Array,
  offset: number,
  pitch: number,
): void {
  const sums = new Int32Array(stride)
  for (let y = 0; y < count; y++) {
    sums.fill(one >> 1)
    for (let k = 0; k < counts[y]!; k++) {
      const weight = weights[y * taps + k]!
      const row = (starts[y]! + k - firstRow) * stride
      for (let x = 0; x < stride; x++) sums[x]! += source[row + x]! * weight
    }
    const out = offset + y * pitch
    for (let x = 0; x < stride; x++) target[out + x] = Math.min(255, sums[x]! >> 22)
  }
}
