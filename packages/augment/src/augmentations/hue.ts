import * as tf from '@tensorflow/tfjs-core'
import { defineAugmentation } from '../augmentation.js'
import { checkRgb } from '../channels.js'
import { checkFinite, checkImages } from '../check.js'
import { isNearby, runOnHost } from '../host-pixels.js'

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
  if (isNearby()) return runOnHost(images, ({ data }) => turnHue(data, degrees))
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

/** The same, pixel by pixel, in main memory. */
function turnHue(data: Float32Array, degrees: number): Float32Array {
  const result = new Float32Array(data.length)
  const turn = (((degrees % 360) + 360) % 360) / 60
  for (let i = 0; i < data.length; i += 3) {
    const red = data[i]!
    const green = data[i + 1]!
    const blue = data[i + 2]!
    const value = red > green ? Math.max(red, blue) : Math.max(green, blue)
    const least = red < green ? Math.min(red, blue) : Math.min(green, blue)
    const chroma = value - least
    const scale = chroma > 0 ? 1 / chroma : 0
    const sextant =
      value === red ? (green - blue) * scale : value === green ? (blue - red) * scale + 2 : (red - green) * scale + 4
    // From -1 to 11; each channel's phase is 5, 3 or 1 further, which sixes are taken off of.
    const turned = sextant + turn
    result[i] = value - chroma * fall(turned + 5)
    result[i + 1] = value - chroma * fall(turned + 3)
    result[i + 2] = value - chroma * fall(turned + 1)
  }
  return result
}

/** How far a channel has fallen at an angle of 0 … 16 sextants. */
function fall(angle: number): number {
  const k = angle >= 12 ? angle - 12 : angle >= 6 ? angle - 6 : angle
  const share = Math.min(k, 4 - k)
  return share < 0 ? 0 : Math.min(share, 1)
}

/** Step `{ name: 'hue', degrees }`. */
export const hueAugmentation = defineAugmentation({
  name: 'hue',
  label: 'Hue',
  channels: [3],
  parameters: [{ kind: 'number', name: 'degrees', label: 'Angle', unit: '°', min: -360, max: 360 }],
  apply: (images, { degrees }) => hue(images, degrees),
  applyOnHost: ({ data }, { degrees }) => (degrees % 360 === 0 ? data : turnHue(data, degrees)),
})
