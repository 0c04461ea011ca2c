const { imul } = Math

/** Bits of the constants, and bits after the point that are kept between the two passes. */
const constantBits = 13
const extraBits = 2

/**
 * Codes one block of 8 × 8 levels and decodes it again, bit for bit as libjpeg: transform, quantisation, inverse transform.
 *
 * @param block 64 levels less 128, row by row; overwritten with what is left of them, not clipped.
 * @param steps `[8, 8]` numbers that coefficients are divided by, row = vertical frequency.
 */
export function recodeBlock(block: Int32Array, steps: ArrayLike<number>): void {
  forward(block, scratch, constantBits - extraBits)
  forward(scratch, block, constantBits + extraBits)
  // Coefficients are 8 times too large here.
  for (let k = 0; k < 64; k++) {
    const step = steps[k]!
    const size = ((Math.abs(block[k]!) + 4 * step) / (8 * step)) | 0
    block[k] = block[k]! < 0 ? -size * step : size * step
  }
  backward(block, scratch, constantBits - extraBits)
  backward(scratch, block, constantBits + extraBits + 3)
}

const scratch = new Int32Array(64)

/**
 * 8192 · √8 times the orthonormal DCT (T.81, A.3.3) in the whole numbers that libjpeg's accurate integer transform amounts to (Loeffler, Ligtenberg &
 * Moschytz 1989, with constants of 13 bits): of the rows of `source` into the columns of `target`, so that two passes do both directions. Rows of the basis are symmetric or
 * antisymmetric, so sums and differences of values from both ends, and of those for the symmetric ones, leave a third of the products.
 */
function forward(source: Int32Array, target: Int32Array, bits: number): void {
  const half = 1 << (bits - 1)
  for (let row = 0; row < 8; row++) {
    const at = 8 * row
    const a = source[at]!
    const b = source[at + 1]!
    const c = source[at + 2]!
    const d = source[at + 3]!
    const e = source[at + 4]!
    const f = source[at + 5]!
    const g = source[at + 6]!
    const h = source[at + 7]!
    const outer = a + h + d + e
    const inner = b + g + c + f
    const p = a + h - d - e
    const q = b + g - c - f
    const r = a - h
    const s = b - g
    const t = c - f
    const u = d - e
    target[row] = (imul(8192, outer + inner) + half) >> bits
    target[32 + row] = (imul(8192, outer - inner) + half) >> bits
    target[16 + row] = (imul(10703, p) + imul(4433, q) + half) >> bits
    target[48 + row] = (imul(4433, p) - imul(10704, q) + half) >> bits
    target[8 + row] = (imul(11363, r) + imul(9633, s) + imul(6437, t) + imul(2260, u) + half) >> bits
    target[24 + row] = (imul(9633, r) - imul(2259, s) - imul(11362, t) - imul(6436, u) + half) >> bits
    target[40 + row] = (imul(6437, r) - imul(11362, s) + imul(2261, t) + imul(9633, u) + half) >> bits
    target[56 + row] = (imul(2260, r) - imul(6436, s) + imul(9633, t) - imul(11363, u) + half) >> bits
  }
}

/** The transposed transform of the columns of `source` into the rows of `target`. */
function backward(source: Int32Array, target: Int32Array, bits: number): void {
  const half = 1 << (bits - 1)
  for (let column = 0; column < 8; column++) {
    const c0 = source[column]!
    const c1 = source[8 + column]!
    const c2 = source[16 + column]!
    const c3 = source[24 + column]!
    const c4 = source[32 + column]!
    const c5 = source[40 + column]!
    const c6 = source[48 + column]!
    const c7 = source[56 + column]!
    const sum = imul(8192, c0 + c4) + half
    const difference = imul(8192, c0 - c4) + half
    const p = imul(10703, c2) + imul(4433, c6)
    const q = imul(4433, c2) - imul(10704, c6)
    const r = imul(11363, c1) + imul(9633, c3) + imul(6437, c5) + imul(2260, c7)
    const s = imul(9633, c1) - imul(2259, c3) - imul(11362, c5) - imul(6436, c7)
    const t = imul(6437, c1) - imul(11362, c3) + imul(2261, c5) + imul(9633, c7)
    const u = imul(2260, c1) - imul(6436, c3) + imul(9633, c5) - imul(11363, c7)
    const at = 8 * column
    target[at] = (sum + p + r) >> bits
    target[at + 1] = (difference + q + s) >> bits
    target[at + 2] = (difference - q + t) >> bits
    target[at + 3] = (sum - p + u) >> bits
    target[at + 4] = (sum - p - u) >> bits
    target[at + 5] = (difference - q - t) >> bits
    target[at + 6] = (difference + q - s) >> bits
    target[at + 7] = (sum + p - r) >> bits
  }
}
