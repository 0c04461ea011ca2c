import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkFinite, checkImages, checkRange } from '../check.js'
import { convolve, type Kernel } from '../convolve.js'

/**
 * Blurs along a line: the mean of the image at `⌈length⌉` evenly spaced places of a straight path whose ends are `length - 1` pixels apart, centred,
 * each place bilinear. Mirrored beyond the border as for `gaussianBlur`.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param length 1 … 255 pixels; 1 changes nothing.
 * @param degrees Direction of the path, 0 along rows, counter-clockwise.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 */
export function motionBlur(images: tf.Tensor4D, length: number, degrees = 0): tf.Tensor4D {
  checkImages(images, 'motionBlur')
  checkRange(length, 'length', 1, 255, 'motionBlur')
  checkFinite(degrees, 'degrees', 'motionBlur')
  if (length === 1) return tf.clone(images)
  return tf.tidy(() => tf.clipByValue(convolve(images, pathKernel(length, degrees)), 0, 1))
}

function pathKernel(length: number, degrees: number): Kernel {
  const radius = Math.ceil((length - 1) / 2)
  const side = 2 * radius + 1
  const values = new Float64Array(side * side)
  const places = Math.ceil(length)
  const radians = (degrees * Math.PI) / 180
  for (let i = 0; i < places; i++) {
    const along = (i / (places - 1) - 0.5) * (length - 1)
    const y = radius - along * Math.sin(radians)
    const x = radius + along * Math.cos(radians)
    for (const row of [Math.floor(y), Math.floor(y) + 1])
      for (const column of [Math.floor(x), Math.floor(x) + 1]) {
        const weight = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column))
        // Rounding may lead a hair beyond the kernel, with a weight of as much.
        if (row >= 0 && row < side && column >= 0 && column < side) values[row * side + column]! += weight / places
      }
  }
  return { height: side, width: side, values }
}

/** Step `{ name: 'motionBlur', length, degrees? }`. */
export const motionBlurAugmentation = defineAugmentation({
  name: 'motionBlur',
  label: 'Motion blur',
  parameters: [
    { kind: 'number', name: 'length', label: 'Length', unit: 'px', min: 1, max: 255 },
    { kind: 'number', name: 'degrees', label: 'Angle', unit: '°', min: -360, max: 360, default: 0 },
  ],
  apply: (images, { length, degrees }) => motionBlur(images, length, degrees),
})
