import * as tf from '@tensorflow/tfjs-core'
import { colorOf } from './channels.js'
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
  const [n, height, width, channels] = images.shape
  const filled = outside !== 'reflect' && outside !== 'edge'
  const fill = filled ? colorOf(outside, channels, where) : []
  const bring = outside === 'reflect' ? reflect : clampTo
  const pixels = height * width
  const corners = [0, 1, 2, 3].map(() => ({ index: new Int32Array(pixels), weight: new Float32Array(pixels) }))
  const missing = new Float32Array(pixels)
  for (let p = 0; p < pixels; p++) {
    const [y, x] = placeOf(Math.floor(p / width), p % width)
    const top = Math.floor(y)
    const left = Math.floor(x)
    for (const [k, { index, weight }] of corners.entries()) {
      const row = top + (k >> 1)
      const column = left + (k & 1)
      const share = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column))
      if (filled && !(row >= 0 && row < height && column >= 0 && column < width)) missing[p]! += share
      else {
        index[p] = bring(row, height) * width + bring(column, width)
        weight[p] = share
      }
    }
  }
  return tf.tidy(() => {
    const flat = tf.reshape(images, [n, pixels, channels])
    const parts = corners.map(({ index, weight }) =>
      tf.mul(tf.gather(flat, tf.tensor1d(index, 'int32'), 1), tf.tensor3d(weight, [1, pixels, 1])),
    )
    if (fill.some((value) => value !== 0))
      parts.push(tf.mul(tf.tensor3d(missing, [1, pixels, 1]), tf.tensor3d([...fill], [1, 1, channels])))
    const sum = parts.reduce((a, b) => tf.add(a, b))
    return tf.reshape(tf.clipByValue(sum, 0, 1), [n, height, width, channels]) as tf.Tensor4D
  })
}
