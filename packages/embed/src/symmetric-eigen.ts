/** Eigenvalues in descending order, and row `i` of `vectors` (`[size, size]`) the unit eigenvector of value `i`. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

/**
 * All eigenvalues and eigenvectors of a small symmetric matrix, by cyclic Jacobi rotations (Golub & Van Loan, "Matrix
 * Computations", 8.5). Of order size³ per sweep, with rarely more than ten sweeps.
 *
 * @param matrix `[size, size]`, symmetric; not modified.
 */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice()
  const v = new Float64Array(size * size)
  for (let i = 0; i < size; i++) v[i * size + i] = 1
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0
    let norm = 0
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) {
        const square = a[i * size + j]! ** 2
        norm += square
        if (i !== j) off += square
      }
    // Rounding keeps `off` above size² · 10⁻³² of the norm.
    if (off <= 1e-26 * norm) break
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(a, v, size, p, q)
  }
  const order = Array.from({ length: size }, (_, i) => i).sort((i, j) => a[j * size + j]! - a[i * size + i]!)
  const vectors = new Float64Array(size * size)
  for (const [row, i] of order.entries()) vectors.set(v.subarray(i * size, (i + 1) * size), row * size)
  return { values: Float64Array.from(order, (i) => a[i * size + i]!), vectors }
}

/** The rotation in the plane of rows and columns p and q that makes their off-diagonal element zero. */
function rotate(a: Float64Array, v: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!
  if (apq === 0) return
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * apq)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.hypot(theta, 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s)
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s)
  for (let k = 0; k < size; k++) turn(v, p * size + k, q * size + k, c, s)
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const x = values[i]!
  const y = values[j]!
  values[i] = c * x - s * y
  values[j] = s * x + c * y
}
