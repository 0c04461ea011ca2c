/**
 * 8192 · √8 times the orthonormal DCT (T.81, A.3.3), row = frequency, in the whole numbers that libjpeg's accurate integer transform amounts to
 * (Loeffler, Ligtenberg & Moschytz 1989, with constants of 13 bits).
 */
const basis = Int32Array.from(
  [
    [8192, 8192, 8192, 8192],
    [11363, 9633, 6437, 2260],
    [10703, 4433, -4433, -10703],
    [9633, -2259, -11362, -6436],
    [8192, -8192, -8192, 8192],
    [6437, -11362, 2261, 9633],
    [4433, -10704, 10704, -4433],
    [2260, -6436, 9633, -11363],
  ].flatMap((half, k) => [...half, ...half.toReversed().map((v) => (k % 2 === 0 ? v : -v))]),
)

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
    const size = Math.floor((Math.abs(block[k]!) + 4 * step) / (8 * step))
    block[k] = block[k]! < 0 ? -size * step : size * step
  }
  backward(block, scratch, constantBits - extraBits)
  backward(scratch, block, constantBits + extraBits + 3)
}

const scratch = new Int32Array(64)

/** Transforms the rows of `source` into the columns of `target`, so that two passes do both directions. */
function forward(source: Int32Array, target: Int32Array, bits: number): void {
  const half = 1 << (bits - 1)
  for (let row = 0; row < 8; row++)
    for (let k = 0; k < 8; k++) {
      let sum = half
      for (let i = 0; i < 8; i++) sum += basis[8 * k + i]! * source[8 * row + i]!
      target[8 * k + row] = sum >> bits
    }
}

/** The transposed transform of the columns of `source` into the rows of `target`. */
function backward(source: Int32Array, target: Int32Array, bits: number): void {
  const half = 1 << (bits - 1)
  for (let column = 0; column < 8; column++)
    for (let i = 0; i < 8; i++) {
      let sum = half
      for (let k = 0; k < 8; k++) sum += basis[8 * k + i]! * source[8 * k + column]!
      target[8 * column + i] = sum >> bits
    }
}
