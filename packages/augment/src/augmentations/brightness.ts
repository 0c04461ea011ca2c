import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'

/**
 * Adds the same amount to every channel of every pixel: `clip(x + amount, 0, 1)`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param amount -1 (black) … 0 (unchanged) … 1 (white).
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function brightness(images: tf.Tensor4D, amount: number): tf.Tensor4D {
  checkImages(images, 'brightness')
  checkFinite(amount, 'amount', 'brightness')
  if (amount === 0) return tf.clone(images)
  return tf.tidy(() => tf.clipByValue(tf.add(images, amount) as tf.Tensor4D, 0, 1))
}

/**
 * Multiplies every channel of every pixel: `clip(x · factor, 0, 1)`, the brightness of PIL and torchvision.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param factor 0 (black), 1 (unchanged), above 1 brighter.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function brightnessFactor(images: tf.Tensor4D, factor: number): tf.Tensor4D {
  checkImages(images, 'brightnessFactor')
  checkFinite(factor, 'factor', 'brightnessFactor')
  checkRange(factor, 'factor', 0, Number.POSITIVE_INFINITY, 'brightnessFactor')
  if (factor === 1) return tf.clone(images)
  return tf.tidy(() => tf.clipByValue(tf.mul(images, factor) as tf.Tensor4D, 0, 1))
}

/** `clip(factor · x + amount)` in main memory. */
function line(data: Float32Array, factor: number, amount: number): Float32Array {
  const result = new Float32Array(data.length)
  for (let i = 0; i < data.length; i++) {
    const value = factor * data[i]! + amount
    result[i] = value < 0 ? 0 : Math.min(value, 1)
  }
  return result
}

/** Step `{ name: 'brightness', amount }`. */
export const brightnessAugmentation = defineAugmentation({
  name: 'brightness',
  label: 'Brightness',
  parameters: [{ kind: 'number', name: 'amount', label: 'Amount', unit: '', min: -1, max: 1 }],
  apply: (images, { amount }) => brightness(images, amount),
  applyOnHost: ({ data }, { amount }) => (amount === 0 ? data : line(data, 1, amount)),
})

/** Step `{ name: 'brightnessFactor', factor }`. */
export const brightnessFactorAugmentation = defineAugmentation({
  name: 'brightnessFactor',
  label: 'Brightness factor',
  parameters: [{ kind: 'number', name: 'factor', label: 'Factor', unit: '×', min: 0, max: 255 }],
  apply: (images, { factor }) => brightnessFactor(images, factor),
  applyOnHost: ({ data }, { factor }) => (factor === 1 ? data : line(data, factor, 0)),
})
