import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages } from '../check.js'

/**
 * A part of an image, in pixels from its top left corner. A pixel belongs to a rectangle or to the ellipse inscribed in it when its
 * centre does; what lies outside the image is ignored. `pixels` lists `row · width + column`.
 */
export type Region =
  | {
      readonly shape: 'rectangle' | 'ellipse'
      readonly top: number
      readonly left: number
      readonly height: number
      readonly width: number
    }
  | { readonly shape: 'pixels'; readonly pixels: readonly number[] }

/** What stands in for removed pixels: black, or the mean colour of each image. */
export type RegionFill = 'black' | 'mean'

/**
 * Removes the same region from every image.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @returns Tensor of the same shape in [0, 1], owned by the caller. An empty region changes nothing.
 * @throws VatunError `bad-input` for a pixel that the image does not have.
 */
export function removeRegion(images: tf.Tensor4D, region: Region, fill: RegionFill = 'black'): tf.Tensor4D {
  checkImages(images, 'removeRegion')
  const [, height, width] = images.shape
  const removed = regionMask(region, height, width)
  return tf.tidy(() => {
    const mask = tf.tensor4d(removed, [1, height, width, 1])
    const kept = tf.mul(images, tf.sub(1, mask))
    if (fill === 'black') return kept as tf.Tensor4D
    return tf.add(kept, tf.mul(mask, tf.mean(images, [1, 2], true))) as tf.Tensor4D
  })
}

/** `[height, width]`: 1 inside the region, 0 outside. @throws VatunError as {@link removeRegion} */
export function regionMask(region: Region, height: number, width: number): Float32Array {
  const mask = new Float32Array(height * width)
  if (region.shape === 'pixels') {
    for (const pixel of region.pixels) {
      if (!Number.isInteger(pixel) || pixel < 0 || pixel >= mask.length)
        throw new VatunError('bad-input', `removeRegion: no pixel ${pixel}, expected 0 to ${mask.length - 1}`)
      mask[pixel] = 1
    }
    return mask
  }
  for (const key of ['top', 'left', 'height', 'width'] as const) checkFinite(region[key], key, 'removeRegion')
  const inside = region.shape === 'rectangle' ? insideUnitSquare : insideUnitCircle
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const y = (row + 0.5 - region.top) / region.height
      const x = (column + 0.5 - region.left) / region.width
      if (inside(x, y)) mask[row * width + column] = 1
    }
  return mask
}

function insideUnitSquare(x: number, y: number): boolean {
  return x >= 0 && x < 1 && y >= 0 && y < 1
}

function insideUnitCircle(x: number, y: number): boolean {
  return (x - 0.5) ** 2 + (y - 0.5) ** 2 < 0.25
}

const side = { kind: 'number', unit: 'px', max: 65535, optional: true } as const

/** Step `{ name: 'removeRegion', shape: 'rectangle' | 'ellipse', top, left, height, width, fill? }` or `{ …, shape: 'pixels', pixels, fill? }`. */
export const removeRegionAugmentation = defineAugmentation({
  name: 'removeRegion',
  label: 'Remove region',
  parameters: [
    { kind: 'choice', name: 'shape', label: 'Shape', options: ['rectangle', 'ellipse', 'pixels'] },
    { ...side, name: 'top', label: 'Top', min: -65535 },
    { ...side, name: 'left', label: 'Left', min: -65535 },
    { ...side, name: 'height', label: 'Height', min: 0 },
    { ...side, name: 'width', label: 'Width', min: 0 },
    { kind: 'positions', name: 'pixels', label: 'Pixels', optional: true },
    { kind: 'choice', name: 'fill', label: 'Fill', options: ['black', 'mean'], default: 'black' },
  ],
  apply(images, { shape, top, left, height, width, pixels, fill }) {
    if (shape === 'pixels') {
      if (!pixels)
        throw new VatunError('bad-input', 'removeRegion: shape "pixels" comes without pixels, expected a list')
      return removeRegion(images, { shape, pixels }, fill)
    }
    if (top === undefined || left === undefined || height === undefined || width === undefined)
      throw new VatunError('bad-input', `removeRegion: shape "${shape}" needs top, left, height and width, in pixels`)
    return removeRegion(images, { shape, top, left, height, width }, fill)
  },
})
