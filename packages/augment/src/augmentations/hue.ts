import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkRgb } from '../channels.js'
import { checkFinite, checkImages } from '../check.js'

/**
 * Turns the hue of every pixel on the HSV colour circle; value and saturation stay (Smith 1978, "Color gamut transform pairs").
 *
 * @param images float32 `[n, height, width, 3]` in [0, 1], RGB, borrowed.
 * @param degrees Angle in degrees, red → yellow → green is positive. Multiples of 360 change nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 * @throws VatunError `bad-input` for images without three channels.
 */
export function hue(images: tf.Tensor4D, degrees: number): tf.Tensor4D {
  checkImages(images, 'hue')
  checkFinite(degrees, 'degrees', 'hue')
  checkRgb(images, 'hue', 'grey has no hue')
  if (degrees % 360 === 0) return tf.clone(images)
  return tf.tidy(() => {
    // Channels apart in memory: operations on strided values are slow.
    const planes = tf.transpose(images, [3, 0, 1, 2])
    const [red, green, blue] = tf.unstack(planes) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D]
    const value = tf.maximum(red, tf.maximum(green, blue))
    const chroma = tf.sub(value, tf.minimum(red, tf.minimum(green, blue)))
    // A grey pixel has chroma 0: any angle will do, and 1 keeps the division finite.
    const divisor = tf.where(tf.greater(chroma, 0), chroma, tf.onesLike(chroma))
    const sextant = tf.where(
      tf.equal(value, red),
      tf.div(tf.sub(green, blue), divisor),
      tf.where(
        tf.equal(value, green),
        tf.add(tf.div(tf.sub(blue, red), divisor), 2),
        tf.add(tf.div(tf.sub(red, green), divisor), 4),
      ),
    )
    const turned = tf.add(sextant, (degrees % 360) / 60)
    // Each channel falls from value to value - chroma and back along the circle, with its own phase.
    const channel = (phase: number) => {
      const k = wrap(tf.add(turned, phase), 6)
      const fall = tf.clipByValue(tf.minimum(k, tf.sub(4, k)), 0, 1)
      return tf.sub(value, tf.mul(chroma, fall))
    }
    const changed = tf.stack([channel(5), channel(3), channel(1)])
    return tf.clipByValue(tf.transpose(changed, [1, 2, 3, 0]), 0, 1) as tf.Tensor4D
  })
}

/** Into [0, period), the same on every backend for negative numbers. */
function wrap(x: tf.Tensor, period: number): tf.Tensor {
  return tf.sub(x, tf.mul(tf.floor(tf.div(x, period)), period))
}

/** Step `{ name: 'hue', degrees }`. */
export const hueAugmentation = defineAugmentation({
  name: 'hue',
  label: 'Hue',
  channels: [3],
  parameters: [{ kind: 'number', name: 'degrees', label: 'Angle', unit: '°', min: -360, max: 360 }],
  apply: (images, { degrees }) => hue(images, degrees),
})
