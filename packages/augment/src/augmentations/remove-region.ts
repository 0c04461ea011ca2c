import * as tf from '@tensorflow/tfjs-core'
import { type Region, VatunError } from '@vatun/core'
import { seedParameter } from '../attacks/attack-steps.js'
import { defineAugmentation } from '../augmentation.js'
import { checkImages } from '../check.js'
import { type Ids, uniformField } from '../noise-field.js'
import { gaussianBlur } from './blur.js'
import { inpaint } from './inpaint.js'
import { regionMask } from './region.js'

const regionFills = ['black', 'mean', 'noise', 'blur', 'inpaint'] as const

/**
 * What stands in for removed pixels:
 * - `black`: 0
 * - `mean`: the mean colour of each image, the region included
 * - `noise`: uniform in [0, 1), seeded, channel by channel
 * - `blur`: the image under `gaussianBlur` with an eighth of its smaller side as standard deviation
 * - `inpaint`: from the region's border inwards, the mean of the known neighbours; see `inpaint`
 */
export type RegionFill = (typeof regionFills)[number]

/**
 * Removes the same region from every image.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param seed Of the noise.
 * @param ids `[n]` whole numbers that tell images apart for the noise; by default their positions.
 * @returns Tensor of the same shape in [0, 1], owned by the caller. An empty region changes nothing.
 * @throws VatunError `bad-input` for a pixel that the image does not have.
 */
export function removeRegion(
  images: tf.Tensor4D,
  region: Region,
  fill: RegionFill = 'black',
  seed = 0,
  ids?: Ids,
): tf.Tensor4D {
  checkImages(images, 'removeRegion')
  const [, height, width] = images.shape
  const removed = regionMask(region, height, width)
  if (fill === 'inpaint') return inpaint(images, removed)
  return tf.tidy(() => {
    const mask = tf.tensor4d(removed, [1, height, width, 1])
    const kept = tf.mul(images, tf.sub(1, mask)) as tf.Tensor4D
    switch (fill) {
      case 'black':
        return kept
      case 'mean':
        return tf.add(kept, tf.mul(mask, tf.mean(images, [1, 2], true)))
      case 'blur':
        return tf.add(kept, tf.mul(mask, gaussianBlur(images, Math.min(height, width) / 8)))
      case 'noise': {
        const noise = tf.tensor4d(uniformField(images.shape, seed, ids, 'removeRegion'), images.shape)
        return tf.add(kept, tf.mul(mask, noise))
      }
    }
  })
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
    { kind: 'choice', name: 'fill', label: 'Fill', options: regionFills, default: 'black' },
    seedParameter,
  ],
  apply(images, { shape, top, left, height, width, pixels, fill, seed }, { ids }) {
    if (shape === 'pixels') {
      if (!pixels)
        throw new VatunError('bad-input', 'removeRegion: shape "pixels" comes without pixels, expected a list')
      return removeRegion(images, { shape, pixels }, fill, seed, ids)
    }
    if (top === undefined || left === undefined || height === undefined || width === undefined)
      throw new VatunError('bad-input', `removeRegion: shape "${shape}" needs top, left, height and width, in pixels`)
    return removeRegion(images, { shape, top, left, height, width }, fill, seed, ids)
  },
})
