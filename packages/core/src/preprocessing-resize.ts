import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { ImageBatch } from './image-batch.js'
import { type LineMap, lineMap, mapAxis, transposeLineMap } from './line-map.js'
import type { Resize } from './model-spec.js'

/** Resizes images by a sparse matrix for each axis, and cuts out their centre. */
export interface Resizer {
  /** Borrows `[n, height, width, channels]` of the given size; the result is the caller's. Has a gradient on every backend. */
  apply(images: tf.Tensor4D): tf.Tensor4D
  /** The same in main memory, whatever the backend. @returns float32 in [0, 1] of the size of the network's input */
  applyOnHost(images: ImageBatch): ImageBatch & { readonly data: Float32Array }
  dispose(): void
}

/** Larger images than any classifier is given: a mistake. */
const MAX_SIZE = 8192

/** @throws VatunError `bad-input` for sizes and shares out of range. */
export function createResizer(
  { height, width, crop }: Resize,
  network: { readonly height: number; readonly width: number },
): Resizer {
  for (const [name, size] of [
    ['height', height],
    ['width', width],
  ] as const)
    if (!Number.isInteger(size) || size < 1 || size > MAX_SIZE)
      throw wrong(`${name} is ${size}, expected a whole number from 1 to ${MAX_SIZE}`)
  if (crop !== undefined && !(crop > 0 && crop <= 1)) throw wrong(`crop is ${crop}, expected a share in (0, 1]`)
  // Pixels of the image for one pixel of the input, the same in both directions.
  const zoom = (crop ?? 1) * Math.min(height / network.height, width / network.width)
  const window = (size: number, target: number): number => (crop === undefined ? size : zoom * target)
  const rows = interpolation(height, network.height, window(height, network.height))
  const columns = interpolation(width, network.width, window(width, network.width))
  const onHost = createHostForm(rows, columns)
  const onDevice = createDeviceForm(rows, columns)
  return {
    apply: (images) => (isInMainMemory() ? onHost.apply(images) : onDevice.apply(images)),
    applyOnHost: (images) => ({
      ...images,
      height: network.height,
      width: network.width,
      data: onHost.resize(images.data, images),
    }),
    dispose: onDevice.dispose,
  }
}

/** Whether loops beat matrix products, most of whose factors are 0. Only the first gradient can be made of loops. */
function isInMainMemory(): boolean {
  return ['cpu', 'wasm'].includes(tf.getBackend()) && tf.engine().state.gradientDepth <= 1
}

/** What of an axis is seen, and how it is mapped to the network's input. */
interface AxisMap {
  /** Pixels of the image. */
  readonly size: number
  /** The first pixel that is seen. */
  readonly first: number
  /** From the pixels that are seen. */
  readonly map: LineMap
}

function createHostForm(rows: AxisMap, columns: AxisMap) {
  const [tall, wide] = [rows.map.columns, columns.map.columns]
  // Levels of 0 … 255 become shares in passing.
  const columnsOfLevels = { ...columns.map, weights: columns.map.weights.map((weight) => weight / 255) }
  const resize = (data: ImageBatch['data'], { n, channels }: { n: number; channels: number }): Float32Array => {
    const line = columns.size * channels
    const horizontal = data instanceof Uint8Array ? columnsOfLevels : columns.map
    const seen = new Float32Array(tall * wide * channels)
    const results = new Float32Array(n * rows.map.rows * columns.map.rows * channels)
    for (let image = 0; image < n; image++) {
      for (let row = 0; row < tall; row++) {
        const start = (image * rows.size + rows.first + row) * line + columns.first * channels
        seen.set(data.subarray(start, start + wide * channels), row * wide * channels)
      }
      const low = mapAxis(seen, 1, rows.map, wide * channels)
      const result = mapAxis(low, rows.map.rows, horizontal, channels)
      results.set(result, image * result.length)
    }
    return results
  }
  const back = { rows: transposeLineMap(rows.map), columns: transposeLineMap(columns.map) }
  const resizeBack = (slopes: tf.Tensor4D): tf.Tensor4D => {
    const [n, height, , channels] = slopes.shape
    const over = mapAxis(slopes.dataSync<'float32'>(), n * height, back.columns, channels)
    const seen = tf.tensor4d(mapAxis(over, n, back.rows, wide * channels), [n, tall, wide, channels])
    const around = ({ size, first, map }: AxisMap): [number, number] => [first, size - first - map.columns]
    return tf.pad(seen, [[0, 0], around(rows), around(columns), [0, 0]])
  }
  const apply = tf.customGrad((x) => {
    const images = x as tf.Tensor4D
    const [n, , , channels] = images.shape
    const shape: tf.Tensor4D['shape'] = [n, rows.map.rows, columns.map.rows, channels]
    const value = tf.tensor4d(resize(images.dataSync<'float32'>(), { n, channels }), shape)
    return { value, gradFunc: (slopes) => tf.tidy(() => resizeBack(slopes as tf.Tensor4D)) }
  })
  return { resize, apply: apply as (images: tf.Tensor4D) => tf.Tensor4D }
}

/** As two products with matrices, made when they are first needed. */
function createDeviceForm(rows: AxisMap, columns: AxisMap) {
  let matrices: readonly tf.Tensor2D[] | undefined
  return {
    apply: (images: tf.Tensor4D): tf.Tensor4D =>
      tf.tidy(() => {
        matrices ??= [rows, columns].map((axis) => tf.keep(matrixOf(axis)))
        const [vertical, horizontal] = matrices
        // Each product replaces the last axis: [n, h, w, c] → [n, w, c, height] → [n, c, height, width] → [n, height, width, c].
        const tall = contract(tf.transpose(images, [0, 2, 3, 1]), vertical!)
        const both = contract(tf.transpose(tall, [0, 2, 3, 1]), horizontal!)
        return tf.transpose(both, [0, 2, 3, 1])
      }),
    dispose: () => tf.dispose([...(matrices ?? [])]),
  }
}

/** `[a, b, c, size]` times a matrix `[target, size]`: `[a, b, c, target]`. */
function contract(x: tf.Tensor4D, matrix: tf.Tensor2D): tf.Tensor4D {
  const [a, b, c, size] = x.shape
  const product = tf.matMul(tf.reshape(x, [a * b * c, size]), matrix, false, true)
  return tf.reshape(product, [a, b, c, matrix.shape[0]])
}

function matrixOf({ size, first, map: { rows, starts, places, weights } }: AxisMap): tf.Tensor2D {
  const matrix = new Float32Array(rows * size)
  for (let row = 0; row < rows; row++)
    for (let e = starts[row]!; e < starts[row + 1]!; e++) matrix[row * size + first + places[e]!] = weights[e]!
  return tf.tensor2d(matrix, [rows, size])
}

/**
 * Bilinear interpolation: a triangle around each target's centre, as wide as a target pixel where the image gets smaller; the weights of a
 * target sum to 1.
 * @param window Length of the centred part of the axis that is shown, in pixels.
 */
function interpolation(size: number, target: number, window: number): AxisMap {
  const step = window / target
  const radius = Math.max(1, step)
  const entries: (readonly [row: number, column: number, weight: number])[] = []
  for (let row = 0; row < target; row++) {
    const centre = (size - window) / 2 + (row + 0.5) * step
    const from = Math.max(0, Math.floor(centre - radius))
    const to = Math.min(size - 1, Math.ceil(centre + radius))
    const triangle = (column: number): number => Math.max(0, 1 - Math.abs(column + 0.5 - centre) / radius)
    let sum = 0
    for (let column = from; column <= to; column++) sum += triangle(column)
    for (let column = from; column <= to; column++)
      if (triangle(column) > 0) entries.push([row, column, triangle(column) / sum])
  }
  const columns = entries.map(([, column]) => column)
  const first = columns.reduce((a, b) => Math.min(a, b))
  const last = columns.reduce((a, b) => Math.max(a, b))
  const map = lineMap(target, last - first + 1, (add) => {
    for (const [row, column, weight] of entries) add(row, column - first, weight)
  })
  return { size, first, map }
}

function wrong(problem: string): VatunError {
  return new VatunError('bad-input', `preprocessing: resize.${problem}`)
}
