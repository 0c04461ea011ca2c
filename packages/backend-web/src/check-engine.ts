import * as tf from '@tensorflow/tfjs-core'
import { withinTime } from './within-time.js'

const height = 7
const width = 6
const inChannels = 5
const outChannels = 8
const size = 3
const pad = 1

/**
 * Makes a backend of TensorFlow.js the current one and compares a small convolution, and its gradient by the input, with numbers
 * that a loop in this file computes. Drivers that are wrong, compute with 16-bit floats or never answer are found that way, before
 * anyone relies on them.
 *
 * @throws Error with one sentence when the backend does not start or its numbers are wrong.
 */
export async function startAndCheck(backend: string, milliseconds = 30_000): Promise<void> {
  const started = withinTime(tf.setBackend(backend), milliseconds, 'TensorFlow.js does not start it')
  if (!(await started)) throw new Error('TensorFlow.js could not start it')
  for (const stride of [1, 2]) {
    const images = dyadic(height * width * inChannels, 101)
    const filter = dyadic(size * size * inChannels * outChannels, 67)
    const slopes = dyadic(outputSize(height, stride) * outputSize(width, stride) * outChannels, 89)
    const expected = convolve(images, filter, slopes, stride)
    const [output, gradient] = tf.tidy(() => {
      const weights = tf.tensor4d(filter, [size, size, inChannels, outChannels])
      const shape: [number, number, number, number] = [1, height, width, inChannels]
      const out = tf.conv2d(tf.tensor4d(images, shape), weights, stride, pad)
      // The transposed convolution is the gradient of a convolution by its input, and runs the same kernel.
      return [out, tf.conv2dTranspose(tf.tensor4d(slopes, out.shape), weights, shape, stride, pad)]
    })
    try {
      const [actualOutput, actualGradient] = await withinTime(
        Promise.all([output.data(), gradient.data()]),
        milliseconds,
        'a small convolution gives no result',
      )
      compare('a convolution', actualOutput as Float32Array, expected.output)
      compare('the gradient of a convolution', actualGradient as Float32Array, expected.gradient)
    } finally {
      output.dispose()
      gradient.dispose()
    }
  }
}

const outputSize = (length: number, stride: number) => Math.floor((length + 2 * pad - size) / stride) + 1

/** Fractions of 64, so that sums of their products are exact in 32-bit floats, but not in 16-bit ones. */
function dyadic(length: number, period: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => ((i * 37) % period) / 64 - 0.5)
}

/** `output` of a zero-padded convolution, and the gradient of `Σ output · slopes` by the images. */
function convolve(images: Float32Array, filter: Float32Array, slopes: Float32Array, stride: number) {
  const gradient = new Float32Array(images.length)
  const output = new Float32Array(slopes.length)
  const outWidth = outputSize(width, stride)
  for (let at = 0; at < output.length; at++) {
    const channel = at % outChannels
    const column = Math.floor(at / outChannels) % outWidth
    const row = Math.floor(at / outChannels / outWidth)
    for (let tap = 0; tap < size * size * inChannels; tap++) {
      const y = row * stride - pad + Math.floor(tap / inChannels / size)
      const x = column * stride - pad + (Math.floor(tap / inChannels) % size)
      if (y < 0 || y >= height || x < 0 || x >= width) continue
      const source = (y * width + x) * inChannels + (tap % inChannels)
      const weight = filter[tap * outChannels + channel]!
      output[at]! += images[source]! * weight
      gradient[source]! += slopes[at]! * weight
    }
  }
  return { output, gradient }
}

function compare(what: string, actual: Float32Array, expected: Float32Array): void {
  const scale = expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const at = expected.findIndex((value, i) => !(Math.abs(value - actual[i]!) <= 1e-5 * scale))
  if (at >= 0) throw new Error(`${what} gives ${actual[at]} where ${expected[at]} is right`)
}
