import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { type Color, defineAugmentation } from '../augmentation.js'
import { colorOf } from '../channels.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/** Where the squares of the grid are. */
export interface OcclusionGrid {
  /** Distance from one square to the next, in pixels, at least 1. */
  readonly period?: number
  /** Side of a square as a share of the period, 0 … 1; the side is rounded to whole pixels. 0 changes nothing. */
  readonly share: number
  /** Rows above the first square; negative ones cut it off. */
  readonly top?: number
  readonly left?: number
  readonly fill?: Color
}

/**
 * Covers the image with a regular grid of squares: a pixel is covered when its row and its column, counted from `top` and `left` and modulo the
 * period, are both below the side `⌊share · period + ½⌋`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function occlusionGrid(images: tf.Tensor4D, grid: OcclusionGrid): tf.Tensor4D {
  const { period = 8, share, top = 0, left = 0, fill = 0 } = grid
  checkImages(images, 'occlusionGrid')
  checkRange(share, 'share', 0, 1, 'occlusionGrid')
  checkFinite(top, 'top', 'occlusionGrid')
  checkFinite(left, 'left', 'occlusionGrid')
  if (!(Number.isInteger(period) && period >= 1))
    throw new VatunError('bad-input', `occlusionGrid: period is ${period}, expected a whole number of at least 1`)
  const [, height, width, channels] = images.shape
  const color = colorOf(fill, channels, 'occlusionGrid')
  const side = Math.floor(share * period + 0.5)
  if (side === 0) return tf.clone(images)
  const covered = (position: number) => ((position % period) + period) % period < side
  const mask = Float32Array.from({ length: height * width }, (_, p) =>
    covered(Math.floor(p / width) - top) && covered((p % width) - left) ? 1 : 0,
  )
  return tf.tidy(() => {
    const removed = tf.tensor4d(mask, [1, height, width, 1])
    const kept = tf.mul(images, tf.sub(1, removed))
    return tf.add(kept, tf.mul(removed, tf.tensor4d([...color], [1, 1, 1, channels]))) as tf.Tensor4D
  })
}

const place = { kind: 'integer', unit: 'px', min: -65535, max: 65535, default: 0 } as const

/** Step `{ name: 'occlusionGrid', share, period?, top?, left?, fill? }`. */
export const occlusionGridAugmentation = defineAugmentation({
  name: 'occlusionGrid',
  label: 'Occlusion grid',
  parameters: [
    { kind: 'number', name: 'share', label: 'Share', unit: '', min: 0, max: 1 },
    { kind: 'integer', name: 'period', label: 'Period', unit: 'px', min: 1, max: 65535, default: 8 },
    { ...place, name: 'top', label: 'Top' },
    { ...place, name: 'left', label: 'Left' },
    { kind: 'color', name: 'fill', label: 'Fill', default: 0 },
  ],
  apply: (images, values) => occlusionGrid(images, values),
})
