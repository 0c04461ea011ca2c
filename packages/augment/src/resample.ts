import * as tf from '@tensorflow/tfjs-core'
import { colorOf } from './channels.js'
import { isNearby } from './host-pixels.js'
import type { Outside } from './outside.js'
import { clampTo, reflect } from './reflect.js'

/** For an output row and column, the place in the input as `[row, column]`, pixel centres at whole numbers. */
export type PlaceOf = (row: number, column: number) => readonly [number, number]

/**
 * Samples images bilinearly at other places of the input. Neighbours outside it are what `outside` says.
 *
 * Made of gathers because `tf.image.transform` fills all images but the first on the cpu backend (tfjs 4.22).
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param where Names the caller in errors.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function resample(images: tf.Tensor4D, placeOf: PlaceOf, outside: Outside, where: string): tf.Tensor4D {
  const [, height, width, channels] = images.shape
  const filled = outside !== 'reflect' && outside !== 'edge'
  const fill = filled ? colorOf(outside, channels, where) : []
  const bring = outside === 'reflect' ? reflect : clampTo
  const pixels = height * width
  const plan: Plan = {
    index: [0, 1, 2, 3].map(() => new Int32Array(pixels)),
    weight: [0, 1, 2, 3].map(() => new Float32Array(pixels)),
    missing: new Float32Array(pixels),
    fill,
  }
  for (let p = 0; p < pixels; p++) {
    const [y, x] = placeOf(Math.floor(p / width), p % width)
    const top = Math.floor(y)
    const left = Math.floor(x)
    for (let k = 0; k < 4; k++) {
      const row = top + (k >> 1)
      const column = left + (k & 1)
      const share = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column))
      if (filled && !(row >= 0 && row < height && column >= 0 && column < width)) plan.missing[p]! += share
      else {
        plan.index[k]![p] = bring(row, height) * width + bring(column, width)
        plan.weight[k]![p] = share
      }
    }
  }
  return tf.tidy(() => tf.clipByValue(isNearby() ? sampleOnHost(images, plan) : sampleOnDevice(images, plan), 0, 1))
}

/** Per output pixel four input pixels with their weights, and the weight of the fill. */
interface Plan {
  readonly index: readonly Int32Array[]
  readonly weight: readonly Float32Array[]
  readonly missing: Float32Array
  readonly fill: readonly number[]
}

function sampleOnDevice(images: tf.Tensor4D, { index, weight, missing, fill }: Plan): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  const pixels = height * width
  const flat = tf.reshape(images, [n, pixels, channels])
  const parts = index.map((places, k) =>
    tf.mul(tf.gather(flat, tf.tensor1d(places, 'int32'), 1), tf.tensor3d(weight[k]!, [1, pixels, 1])),
  )
  if (fill.some((value) => value !== 0))
    parts.push(tf.mul(tf.tensor3d(missing, [1, pixels, 1]), tf.tensor3d([...fill], [1, 1, channels])))
  const sum = parts.reduce((a, b) => tf.add(a, b))
  return tf.reshape(sum, images.shape)
}

/** The same for tensors in main memory, where gathers are slow: about 15 times as fast on wasm. Has no gradient. */
function sampleOnHost(images: tf.Tensor4D, { index, weight, missing, fill }: Plan): tf.Tensor4D {
  const [n, height, width, channels] = images.shape
  const pixels = height * width
  const values = images.dataSync()
  const result = new Float32Array(values.length)
  const [a, b, c, d] = index as [Int32Array, Int32Array, Int32Array, Int32Array]
  const [u, v, w, z] = weight as [Float32Array, Float32Array, Float32Array, Float32Array]
  for (let image = 0; image < n; image++) {
    const start = image * pixels
    for (let p = 0; p < pixels; p++) {
      const target = (start + p) * channels
      const [i, j] = [(start + a[p]!) * channels, (start + b[p]!) * channels]
      const [k, l] = [(start + c[p]!) * channels, (start + d[p]!) * channels]
      const [fi, fj, fk, fl, rest] = [u[p]!, v[p]!, w[p]!, z[p]!, missing[p]!]
      for (let channel = 0; channel < channels; channel++)
        result[target + channel] =
          fi * values[i + channel]! +
          fj * values[j + channel]! +
          fk * values[k + channel]! +
          fl * values[l + channel]! +
          rest * (fill[channel] ?? 0)
    }
  }
  return tf.tensor4d(result, images.shape)
}
