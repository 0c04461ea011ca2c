import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import type { Color } from './augmentation.js'

/** Luma of ITU-R BT.601 with four digits, as torchvision has it. */
const luma = [0.2989, 0.587, 0.114] as const

/** @throws VatunError `bad-input` unless images have three channels; `why` completes the sentence. */
export function checkRgb(images: tf.Tensor4D, where: string, why: string): void {
  const channels = images.shape[3]
  if (channels !== 3)
    throw new VatunError(
      'bad-input',
      `${where}: images have ${channels} channel${channels === 1 ? '' : 's'}, expected 3 (RGB), ${why}`,
    )
}

/**
 * Brightness of every pixel: `0.2989 R + 0.587 G + 0.114 B` of three channels, the mean of any other number.
 * @returns float32 `[n, height, width, 1]`, owned by the caller.
 */
export function grayOf(images: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => {
    const weighted = images.shape[3] === 3 ? tf.sum(tf.mul(images, luma), 3, true) : tf.mean(images, 3, true)
    return weighted as tf.Tensor4D
  })
}

/** `clip(other + share · (x - other))`: 1 keeps `x`, 0 gives `other`, above 1 leads away from it. Owned by the caller. */
export function blend(images: tf.Tensor4D, other: tf.Tensor, share: number): tf.Tensor4D {
  return tf.tidy(() => tf.clipByValue(tf.add(tf.mul(images, share), tf.mul(other, 1 - share)), 0, 1) as tf.Tensor4D)
}

/** A colour as one value for each channel. @throws VatunError `bad-input` for another number of values or values outside [0, 1] */
export function colorOf(color: Color, channels: number, where: string, name = 'fill'): readonly number[] {
  const values = typeof color === 'number' ? new Array<number>(channels).fill(color) : color
  if (values.length !== channels)
    throw new VatunError(
      'bad-input',
      `${where}: ${name} has ${values.length} values for ${channels} channels, expected one for each or one number`,
    )
  for (const value of values)
    if (!(value >= 0 && value <= 1)) throw new VatunError('bad-input', `${where}: ${name} is ${value}, expected 0 to 1`)
  return values
}
