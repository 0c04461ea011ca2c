import type * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'

/** @throws VatunError `bad-input` unless the images have rank 4 */
export function checkImages(images: tf.Tensor, where: string): void {
  if (images.rank !== 4)
    throw new VatunError(
      'bad-input',
      `${where}: images have rank ${images.rank}, expected 4 ([n, height, width, channels])`,
    )
}

/** @throws VatunError `bad-input` unless the magnitude is a number in the range */
export function checkRange(value: number, name: string, min: number, max: number, where: string): void {
  if (value >= min && value <= max) return
  const range =
    max === Number.POSITIVE_INFINITY
      ? min === Number.NEGATIVE_INFINITY
        ? 'a number'
        : `at least ${min}`
      : `${min} to ${max}`
  throw new VatunError('bad-input', `${where}: ${name} is ${value}, expected ${range}`, {
    details: { parameter: name, value },
  })
}

/** @throws VatunError `bad-input` for NaN and infinities */
export function checkFinite(value: number, name: string, where: string): void {
  if (!Number.isFinite(value))
    throw new VatunError('bad-input', `${where}: ${name} is ${value}, expected a finite number`)
}
