import { VatunError } from '@vatun/core'
import { cooperate, type Pausing } from './cooperate.js'
import { centred, checkFeatures } from './features.js'
import { normalRandom } from './random.js'
import { symmetricEigen } from './symmetric-eigen.js'

/** Rows in the coordinates in which they vary most. */
export interface PrincipalComponents {
  /** `[n, components]` coordinates, in the unit of the features. The largest coordinate of each component is positive. */
  readonly scores: Float64Array
  readonly components: number
  /** `[components]` variance along each component (divided by n), descending. */
  readonly variances: Float64Array
  /** Variance over all dimensions: the sum of `variances` if all components were asked for. */
  readonly totalVariance: number
}

/**
 * Principal component analysis (Pearson 1901), for when a few of many components are wanted: subspace iteration with
 * Rayleigh–Ritz on the smaller of the two product matrices (Golub & Van Loan, "Matrix Computations", 8.2.4). It stops when no
 * wanted variance changes by more than `tolerance` times the largest. Components of nearly equal variance are only determined as a group.
 *
 * @param features `[n, d]`, C order; not modified.
 * @param components Fewer are returned if n or d is less.
 * @param options `tolerance`: default 10⁻⁹.
 * @throws VatunError `bad-input` for a wrong length or numbers that are not finite.
 */
export async function pca(
  features: Float32Array | Float64Array,
  n: number,
  d: number,
  components: number,
  options: { readonly tolerance?: number; readonly signal?: AbortSignal } = {},
): Promise<PrincipalComponents> {
  const { tolerance = 1e-9, signal } = options
  checkFeatures(features, n, d, 'pca')
  if (!Number.isInteger(components) || components < 1)
    throw new VatunError('bad-input', `pca: components is ${components}, expected a whole number of at least 1`)
  const { values, variance } = centred(features, n, d)
  const result = await cooperate(principalComponents(values, n, d, components, tolerance), signal)
  const unit = Math.sqrt(variance)
  return {
    ...result,
    scores: result.scores.map((score) => score * unit),
    variances: result.variances.map((v) => v * variance),
    totalVariance: variance,
  }
}

/** {@link pca} of rows that are centred and have variance 1 (or are all zero) already. */
export function* principalComponents(
  values: Float64Array,
  n: number,
  d: number,
  wanted: number,
  tolerance: number,
): Pausing<PrincipalComponents> {
  const components = Math.min(wanted, n, d)
  if (components === 0)
    return { scores: new Float64Array(0), components: 0, variances: new Float64Array(0), totalVariance: 0 }
  const tall = n >= d
  const size = tall ? d : n
  const product = yield* productMatrix(tall ? values : transposed(values, n, d), tall ? n : d, size)
  const { variances, basis } = yield* leadingEigenvectors(product, size, components, n, tolerance)
  const scores = new Float64Array(n * components)
  for (let c = 0; c < components; c++) {
    const axis = basis.subarray(c * size, (c + 1) * size)
    // A tall matrix gives axes in feature space; a wide one gives the coordinates themselves, up to their length.
    const length = Math.sqrt(variances[c]! * n)
    let largest = 0
    for (let row = 0; row < n; row++) {
      const score = tall ? dot(values, row * d, axis, 0, d) : axis[row]! * length
      scores[row * components + c] = score
      if (Math.abs(score) > Math.abs(largest)) largest = score
    }
    if (largest < 0) for (let row = 0; row < n; row++) scores[row * components + c]! *= -1
  }
  return { scores, components, variances, totalVariance: 1 }
}

/** `AᵀA` of `A` `[rows, size]`. Four rows at a time: the sums are loaded and stored a quarter as often. */
function* productMatrix(a: Float64Array, rows: number, size: number): Pausing<Float64Array> {
  const product = new Float64Array(size * size)
  const zeros = new Float64Array(size)
  for (let row = 0; row < rows; row += 4) {
    const [r0, r1, r2, r3] = [0, 1, 2, 3].map((k) =>
      row + k < rows ? a.subarray((row + k) * size, (row + k + 1) * size) : zeros,
    ) as [Float64Array, Float64Array, Float64Array, Float64Array]
    for (let i = 0; i < size; i++) {
      const a0 = r0[i]!
      const a1 = r1[i]!
      const a2 = r2[i]!
      const a3 = r3[i]!
      const sums = product.subarray(i * size, (i + 1) * size)
      for (let j = i; j < size; j++) sums[j]! += a0 * r0[j]! + a1 * r1[j]! + a2 * r2[j]! + a3 * r3[j]!
    }
    yield
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) product[i * size + j] = product[j * size + i]!
  return product
}

/** Leading eigenvectors as rows of `basis`; `variances` are the eigenvalues divided by n. */
function* leadingEigenvectors(
  matrix: Float64Array,
  size: number,
  components: number,
  n: number,
  tolerance: number,
): Pausing<{ variances: Float64Array; basis: Float64Array }> {
  const width = Math.min(size, components + 10)
  const random = normalRandom(1)
  let basis = orthonormalised(Float64Array.from({ length: width * size }, random), width, size)
  let variances = new Float64Array(components)
  for (let iteration = 0; ; iteration++) {
    const image = new Float64Array(width * size)
    for (let row = 0; row < size; row++) {
      for (let k = 0; k < width; k++) image[k * size + row] = dot(matrix, row * size, basis, k * size, size)
      if (row % 16 === 0) yield
    }
    const inner = new Float64Array(width * width)
    for (let i = 0; i < width; i++)
      for (let j = 0; j <= i; j++)
        inner[i * width + j] = inner[j * width + i] = dot(basis, i * size, image, j * size, size)
    const { values, vectors } = symmetricEigen(inner, width)
    yield
    const before = variances
    variances = Float64Array.from({ length: components }, (_, c) => Math.max(0, values[c]!) / n)
    const settled = variances.every((v, c) => Math.abs(v - before[c]!) <= tolerance * variances[0]!)
    if (settled || width === size || iteration === 300)
      return { variances, basis: combined(vectors, basis, width, size) }
    basis = orthonormalised(combined(vectors, image, width, size), width, size)
    yield
  }
}

/** `coefficients · vectors`: `[width, width] · [width, size]`. */
function combined(coefficients: Float64Array, vectors: Float64Array, width: number, size: number): Float64Array {
  const result = new Float64Array(width * size)
  for (let i = 0; i < width; i++)
    for (let k = 0; k < width; k++) addScaled(result, i * size, vectors, k * size, coefficients[i * width + k]!, size)
  return result
}

/** Modified Gram–Schmidt, twice, in place. Vectors that depend on earlier ones become zero. */
function orthonormalised(vectors: Float64Array, width: number, size: number): Float64Array {
  for (let i = 0; i < width; i++) {
    const before = Math.sqrt(dot(vectors, i * size, vectors, i * size, size))
    for (let pass = 0; pass < 2; pass++)
      for (let j = 0; j < i; j++)
        addScaled(vectors, i * size, vectors, j * size, -dot(vectors, i * size, vectors, j * size, size), size)
    const length = Math.sqrt(dot(vectors, i * size, vectors, i * size, size))
    const scale = length > 1e-13 * before ? 1 / length : 0
    for (let k = 0; k < size; k++) vectors[i * size + k]! *= scale
  }
  return vectors
}

function addScaled(to: Float64Array, a: number, from: Float64Array, b: number, factor: number, length: number): void {
  for (let k = 0; k < length; k++) to[a + k]! += factor * from[b + k]!
}

function dot(x: Float64Array, a: number, y: Float64Array, b: number, length: number): number {
  let even = 0
  let odd = 0
  let k = 0
  for (; k + 1 < length; k += 2) {
    even += x[a + k]! * y[b + k]!
    odd += x[a + k + 1]! * y[b + k + 1]!
  }
  return k < length ? even + odd + x[a + k]! * y[b + k]! : even + odd
}

function transposed(a: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns)
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) result[j * rows + i] = a[i * columns + j]!
  return result
}
