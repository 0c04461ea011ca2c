import * as tf from '@tensorflow/tfjs-core'
import { colorOf } from './channels.js'
import { type HostImages, isNearby, type Pixels, runOnHost } from './host-pixels.js'
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
  const plan = planSamples({ height, width, channels }, placeOf, outside, where)
  if (isNearby()) return runOnHost(images, (batch) => sampleOnHost(batch, plan))
  return tf.tidy(() => tf.clipByValue(sampleOnDevice(images, plan), 0, 1))
}

/** The same for images on the host. @returns New values. */
export function resampleOnHost(images: HostImages, placeOf: PlaceOf, outside: Outside, where: string): Float32Array {
  return sampleOnHost(images, planSamples(images, placeOf, outside, where))
}

function planSamples(
  { height, width, channels }: Omit<Pixels, 'data'>,
  placeOf: PlaceOf,
  outside: Outside,
  where: string,
): Plan {
  const filled = outside !== 'reflect' && outside !== 'edge'
  const bring = outside === 'reflect' ? reflect : clampTo
  const pixels = height * width
  const index = [0, 1, 2, 3].map(() => new Int32Array(pixels))
  const weight = [0, 1, 2, 3].map(() => new Float32Array(pixels))
  const missing = new Float32Array(pixels)
  const fill = filled ? colorOf(outside, channels, where) : []
  for (let p = 0; p < pixels; p++) {
    const [y, x] = placeOf(Math.floor(p / width), p % width)
    const top = Math.floor(y)
    const left = Math.floor(x)
    if (top >= 0 && left >= 0 && top < height - 1 && left < width - 1) {
      // Inside, where most pixels are.
      const first = top * width + left
      const [down, right] = [y - top, x - left]
      index[0]![p] = first
      index[1]![p] = first + 1
      index[2]![p] = first + width
      index[3]![p] = first + width + 1
      weight[0]![p] = (1 - down) * (1 - right)
      weight[1]![p] = (1 - down) * right
      weight[2]![p] = down * (1 - right)
      weight[3]![p] = down * right
      continue
    }
    for (let k = 0; k < 4; k++) {
      const row = top + (k >> 1)
      const column = left + (k & 1)
      const share = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column))
      if (filled && !(row >= 0 && row < height && column >= 0 && column < width)) missing[p]! += share
      else {
        index[k]![p] = bring(row, height) * width + bring(column, width)
        weight[k]![p] = share
      }
    }
  }
  return { index, weight, missing, fill }
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

/** The same in main memory, where gathers are slow. Has no gradient. */
function sampleOnHost(
  { data, n, height, width, channels }: HostImages,
  { index, weight, missing, fill }: Plan,
): Float32Array {
  const pixels = height * width
  const result = new Float32Array(data.length)
  const [a, b, c, d] = index as [Int32Array, Int32Array, Int32Array, Int32Array]
  const [u, v, w, z] = weight as [Float32Array, Float32Array, Float32Array, Float32Array]
  // Three channels at a time, the colours of most images, in half the time of one after the other.
  let channel = 0
  for (; channel + 3 <= channels; channel += 3) {
    const [first, second, third] = [fill[channel] ?? 0, fill[channel + 1] ?? 0, fill[channel + 2] ?? 0]
    for (let image = 0; image < n; image++) {
      const start = image * pixels * channels + channel
      for (let p = 0, to = start; p < pixels; p++, to += channels) {
        const [i, j] = [start + a[p]! * channels, start + b[p]! * channels]
        const [k, l] = [start + c[p]! * channels, start + d[p]! * channels]
        const [fi, fj, fk, fl, rest] = [u[p]!, v[p]!, w[p]!, z[p]!, missing[p]!]
        const red = fi * data[i]! + fj * data[j]! + fk * data[k]! + fl * data[l]! + rest * first
        const green = fi * data[i + 1]! + fj * data[j + 1]! + fk * data[k + 1]! + fl * data[l + 1]! + rest * second
        const blue = fi * data[i + 2]! + fj * data[j + 2]! + fk * data[k + 2]! + fl * data[l + 2]! + rest * third
        result[to] = Math.min(red, 1)
        result[to + 1] = Math.min(green, 1)
        result[to + 2] = Math.min(blue, 1)
      }
    }
  }
  for (; channel < channels; channel++) {
    const colour = fill[channel] ?? 0
    for (let image = 0; image < n; image++) {
      const start = image * pixels * channels + channel
      for (let p = 0, to = start; p < pixels; p++, to += channels) {
        const value =
          u[p]! * data[start + a[p]! * channels]! +
          v[p]! * data[start + b[p]! * channels]! +
          w[p]! * data[start + c[p]! * channels]! +
          z[p]! * data[start + d[p]! * channels]! +
          missing[p]! * colour
        result[to] = Math.min(value, 1)
      }
    }
  }
  return result
}
