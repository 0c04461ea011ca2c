import * as tf from '@tensorflow/tfjs-core'
import { colorOf } from './channels.js'
import { type HostImages, isNearby, type Pixels, runOnHost } from './host-pixels.js'
import type { Outside } from './outside.js'
import { clampTo, reflect } from './reflect.js'

/** For an output row and column, writes the place in the input as `[row, column]`, pixel centres at whole numbers. */
export type PlaceOf = (row: number, column: number, place: Float64Array) => void

/**
 * Samples images bilinearly at other places of the input. Neighbours outside it are what `outside` says.
 *
 * Made of gathers because `tf.image.transform` fills all images but the first on the cpu backend (tfjs 4.22); in main memory, where they are
 * slow, of loops, which have no gradient.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param where Names the caller in errors.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function resample(images: tf.Tensor4D, placeOf: PlaceOf, outside: Outside, where: string): tf.Tensor4D {
  if (isNearby()) return runOnHost(images, (batch) => resampleOnHost(batch, placeOf, outside, where))
  const [, height, width, channels] = images.shape
  const { border, fill } = planSamples({ height, width, channels }, placeOf, outside, where, false)
  return tf.tidy(() => tf.clipByValue(sampleOnDevice(images, border, fill), 0, 1))
}

/** The same for images on the host. @returns New values. */
export function resampleOnHost(images: HostImages, placeOf: PlaceOf, outside: Outside, where: string): Float32Array {
  const { inside, border, fill } = planSamples(images, placeOf, outside, where, true)
  const result = new Float32Array(images.data.length)
  sampleInside(result, images, inside)
  sampleBorder(result, images, border, fill)
  return result
}

/** Where output pixels come from. */
interface Plan {
  readonly inside: Inside
  readonly border: Border
  /** One value for each channel. */
  readonly fill: readonly number[]
}

/** Pixels whose four neighbours are all within the image: most, so they are told in the fewest bytes. */
interface Inside {
  /** Per pixel of the image the neighbour at the top left, or -1 where the pixel is not one of these. */
  readonly first: Int32Array
  /** Distance from it, 0 … 1. */
  readonly down: Float32Array
  readonly right: Float32Array
}

/** All others, one entry each: four input pixels with their weights, and the weight of the fill. */
interface Border {
  readonly pixels: Int32Array
  readonly index: readonly Int32Array[]
  readonly weight: readonly Float32Array[]
  readonly missing: Float32Array
}

/** @param apart False: all pixels are planned as those of the border are. */
function planSamples(
  { height, width, channels }: Omit<Pixels, 'data'>,
  placeOf: PlaceOf,
  outside: Outside,
  where: string,
  apart: boolean,
): Plan {
  const filled = outside !== 'reflect' && outside !== 'edge'
  const bring = outside === 'reflect' ? reflect : clampTo
  const fill = filled ? colorOf(outside, channels, where) : []
  const black = apart && filled && fill.every((value) => value === 0)
  const size = height * width
  const inside = { first: new Int32Array(size).fill(-1), down: new Float32Array(size), right: new Float32Array(size) }
  const pixels = new Int32Array(size)
  const index = [0, 1, 2, 3].map(() => new Int32Array(size))
  const weight = [0, 1, 2, 3].map(() => new Float32Array(size))
  const missing = new Float32Array(size)
  const place = new Float64Array(2)
  let count = 0
  for (let p = 0, row = 0; row < height; row++)
    for (let column = 0; column < width; column++, p++) {
      placeOf(row, column, place)
      const y = place[0]!
      const x = place[1]!
      const top = Math.floor(y)
      const left = Math.floor(x)
      if (apart && top >= 0 && left >= 0 && top < height - 1 && left < width - 1) {
        inside.first[p] = top * width + left
        inside.down[p] = y - top
        inside.right[p] = x - left
        continue
      }
      // Nothing of the image, and nothing to fill with.
      if (black && (top < -1 || left < -1 || top >= height || left >= width)) continue
      pixels[count] = p
      for (let k = 0; k < 4; k++) {
        const i = top + (k >> 1)
        const j = left + (k & 1)
        const share = (1 - Math.abs(y - i)) * (1 - Math.abs(x - j))
        if (filled && !(i >= 0 && i < height && j >= 0 && j < width)) missing[count]! += share
        else {
          index[k]![count] = bring(i, height) * width + bring(j, width)
          weight[k]![count] = share
        }
      }
      count++
    }
  const border = {
    pixels: pixels.subarray(0, count),
    index: index.map((list) => list.subarray(0, count)),
    weight: weight.map((list) => list.subarray(0, count)),
    missing: missing.subarray(0, count),
  }
  return { inside, border, fill }
}

/** @param border All pixels, in order. */
function sampleOnDevice(images: tf.Tensor4D, { index, weight, missing }: Border, fill: readonly number[]): tf.Tensor4D {
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

function sampleInside(
  result: Float32Array,
  { data, n, height, width, channels }: HostImages,
  { first, down, right }: Inside,
): void {
  const line = width * channels
  const size = height * line
  for (let start = 0; start < n * size; start += size)
    for (let p = 0, to = start; p < first.length; p++, to += channels) {
      if (first[p]! < 0) continue
      const upper = start + first[p]! * channels
      const lower = upper + line
      // No destructuring here: it makes the loop four times as slow.
      const d = down[p]!
      const r = right[p]!
      if (channels === 3) {
        // The colours of most images, unrolled.
        const a = data[upper]!
        const b = data[upper + 1]!
        const c = data[upper + 2]!
        const e = data[lower]!
        const f = data[lower + 1]!
        const g = data[lower + 2]!
        const red = a + r * (data[upper + 3]! - a)
        const green = b + r * (data[upper + 4]! - b)
        const blue = c + r * (data[upper + 5]! - c)
        result[to] = red + d * (e + r * (data[lower + 3]! - e) - red)
        result[to + 1] = green + d * (f + r * (data[lower + 4]! - f) - green)
        result[to + 2] = blue + d * (g + r * (data[lower + 5]! - g) - blue)
      } else
        for (let c = 0; c < channels; c++) {
          const a = data[upper + c]!
          const b = data[lower + c]!
          const above = a + r * (data[upper + channels + c]! - a)
          result[to + c] = above + d * (b + r * (data[lower + channels + c]! - b) - above)
        }
    }
}

function sampleBorder(
  result: Float32Array,
  { data, n, height, width, channels }: HostImages,
  { pixels, index, weight, missing }: Border,
  fill: readonly number[],
): void {
  const [a, b, c, d] = index as [Int32Array, Int32Array, Int32Array, Int32Array]
  const [u, v, w, z] = weight as [Float32Array, Float32Array, Float32Array, Float32Array]
  for (let channel = 0; channel < channels; channel++) {
    const colour = fill[channel] ?? 0
    for (let image = 0; image < n; image++) {
      const start = image * height * width * channels + channel
      for (let e = 0; e < pixels.length; e++) {
        const value =
          u[e]! * data[start + a[e]! * channels]! +
          v[e]! * data[start + b[e]! * channels]! +
          w[e]! * data[start + c[e]! * channels]! +
          z[e]! * data[start + d[e]! * channels]! +
          missing[e]! * colour
        result[start + pixels[e]! * channels] = Math.min(value, 1)
      }
    }
  }
}
