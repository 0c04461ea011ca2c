import * as tf from '@tensorflow/tfjs-core'
import { isNearby } from './host-pixels.js'
import { reflect } from './reflect.js'

/** A linear map of a line of pixels: `[rows, columns]` in C order, row `i` holding what each position gives to the new position `i`. */
export interface LineMap {
  readonly rows: number
  readonly columns: number
  readonly weights: ArrayLike<number>
}

/**
 * Maps columns by one matrix and rows by another, which holds any border rule and works for any kernel on any image size: two matrix
 * products, or for sparse matrices in main memory loops over what is not 0, which are faster there.
 *
 * @param images float32 `[n, height, width, channels]`, borrowed.
 * @param vertical Takes lines of `height` pixels.
 * @param horizontal Takes lines of `width` pixels.
 * @returns float32 `[n, vertical.rows, horizontal.rows, channels]`, not clipped, owned by the caller.
 */
export function mapLines(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const sparse = isSparse(vertical) && isSparse(horizontal)
  return sparse && isNearby() ? mapOnHost(images, vertical, horizontal) : mapOnDevice(images, vertical, horizontal)
}

/** Whether few enough entries are not 0 for loops to beat a matrix product. */
function isSparse({ rows, columns, weights }: LineMap): boolean {
  let count = 0
  for (let entry = 0; entry < weights.length; entry++) if (weights[entry] !== 0) count++
  return count <= (rows * columns) / 4
}

function mapOnDevice(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  return tf.tidy(() => {
    const rows = tf.reshape(images, [n, height, width * channels])
    const overRows = tf.matMul(matrixOf(vertical), rows)
    const columns = tf.reshape(overRows, [n * vertical.rows, width, channels])
    const overColumns = tf.matMul(matrixOf(horizontal), columns)
    return tf.reshape(overColumns, [n, vertical.rows, horizontal.rows, channels])
  })
}

function mapOnHost(images: tf.Tensor4D, vertical: LineMap, horizontal: LineMap): tf.Tensor4D {
  const [n, , width, channels] = images.shape
  const shape: [number, number, number, number] = [n, vertical.rows, horizontal.rows, channels]
  const overRows = mapBlocks(images.dataSync(), n, vertical, width * channels)
  const overColumns = mapBlocks(overRows, n * vertical.rows, horizontal, channels)
  return tf.tensor4d(overColumns, shape)
}

/** `[count, map.columns, size]` to `[count, map.rows, size]`, in the order of loops that runs over memory in order. */
function mapBlocks(values: ArrayLike<number>, count: number, map: LineMap, size: number): Float32Array {
  const { rows, columns } = map
  const { starts, places, weights } = compress(map)
  const result = new Float32Array(count * rows * size)
  for (let block = 0; block < count; block++)
    for (let row = 0; row < rows; row++) {
      const target = (block * rows + row) * size
      const [first, end] = [starts[row]!, starts[row + 1]!]
      if (size <= shortLine)
        for (let k = 0; k < size; k++) {
          let sum = 0
          const source = block * columns * size + k
          for (let e = first; e < end; e++) sum += weights[e]! * values[source + places[e]! * size]!
          result[target + k] = sum
        }
      else
        for (let e = first; e < end; e++) {
          const source = (block * columns + places[e]!) * size
          const weight = weights[e]!
          for (let k = 0; k < size; k++) result[target + k]! += weight * values[source + k]!
        }
    }
  return result
}

/** Up to here sums in a register beat additions along a line. */
const shortLine = 8

/** What is not 0, row by row: row `i` has the entries from `starts[i]` up to `starts[i + 1]`. */
function compress({ rows, columns, weights }: LineMap) {
  const entries = Array.from({ length: rows * columns }, (_, e) => e).filter((e) => weights[e] !== 0)
  const starts = new Int32Array(rows + 1)
  for (const entry of entries) starts[Math.floor(entry / columns) + 1]!++
  for (let row = 0; row < rows; row++) starts[row + 1]! += starts[row]!
  return {
    starts,
    places: Int32Array.from(entries, (entry) => entry % columns),
    weights: Float64Array.from(entries, (entry) => weights[entry]!),
  }
}

/** A matrix from its entries `[row, column, weight]`; entries of the same place add up. */
export function lineMap(
  rows: number,
  columns: number,
  entries: (add: (row: number, column: number, weight: number) => void) => void,
): LineMap {
  const weights = new Float64Array(rows * columns)
  entries((row, column, weight) => {
    weights[row * columns + column]! += weight
  })
  return { rows, columns, weights }
}

/** Convolution with a kernel of odd length; `bring` tells the position that is seen beyond the ends, by default mirrored. */
export function convolution(size: number, kernel: readonly number[], bring = reflect): LineMap {
  const radius = (kernel.length - 1) / 2
  return lineMap(size, size, (add) => {
    for (let i = 0; i < size; i++)
      for (const [k, weight] of kernel.entries()) add(i, bring(i + k - radius, size), weight)
  })
}

/** `2 · radius + 1` samples of a Gaussian, scaled to sum 1. */
export function gaussianKernel(sigma: number, radius: number): number[] {
  const samples = Array.from({ length: 2 * radius + 1 }, (_, i) =>
    i === radius ? 1 : Math.exp(-((i - radius) ** 2) / (2 * sigma ** 2)),
  )
  const sum = samples.reduce((a, b) => a + b, 0)
  return samples.map((sample) => sample / sum)
}

function matrixOf({ rows, columns, weights }: LineMap): tf.Tensor3D {
  return tf.tensor3d(Float32Array.from(weights), [1, rows, columns])
}
