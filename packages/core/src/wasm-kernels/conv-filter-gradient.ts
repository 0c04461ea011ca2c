import * as tf from '@tensorflow/tfjs-core'
import { call, free, read, reshaped, type Shape4D, write } from './kernel.js'

/**
 * Gradient of a convolution by its filters, `Conv2DBackpropFilter`, which the backend lacks: for each place in the filter the product of the
 * inputs it meets, `[in, positions]`, with the output's gradient, `[positions, out]`.
 */
export const convFilterGradient: tf.KernelFunc = ({ inputs, attrs, backend: engine }) => {
  const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>
  const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs as unknown as tf.Conv2DBackpropFilterAttrs
  if (dataFormat !== 'NHWC') throw new Error(`wasm has no Conv2DBackpropFilter of ${dataFormat}, use NHWC`)
  const backend = engine as tf.KernelBackend
  const conv = tf.backend_util.computeConv2DInfo(x.shape as Shape4D, filterShape, strides, 1, pad, dimRoundingMode)
  const { batchSize, inChannels, outChannels, outHeight, outWidth } = conv
  const positions = batchSize * outHeight * outWidth
  const planes = padPlanes(read(backend, x), conv)
  const slopes = reshaped(dy, [1, positions, outChannels])
  const gradient = new Float32Array(tf.util.sizeFromShape(filterShape))
  for (let row = 0; row < conv.filterHeight; row++)
    for (let column = 0; column < conv.filterWidth; column++) {
      const met = write(backend, gather(planes, conv, row, column), [1, inChannels, positions])
      const product = call(backend, 'BatchMatMul', { a: met, b: slopes }, { transposeA: false, transposeB: false })
      gradient.set(read(backend, product), (row * conv.filterWidth + column) * inChannels * outChannels)
      free(backend, met)
      free(backend, product)
    }
  return write(backend, gradient, filterShape)
}

/** Gradient of a depthwise convolution by its filters, `DepthwiseConv2dNativeBackpropFilter`, which the backend lacks. */
export const depthwiseFilterGradient: tf.KernelFunc = ({ inputs, attrs, backend: engine }) => {
  const { x, dy } = inputs as Record<'x' | 'dy', tf.TensorInfo>
  const { strides, dilations, pad, dimRoundingMode, filterShape } =
    attrs as unknown as tf.DepthwiseConv2dNativeBackpropFilterAttrs
  const backend = engine as tf.KernelBackend
  const shape = x.shape as Shape4D
  const conv = tf.backend_util.computeConv2DInfo(shape, filterShape, strides, dilations, pad, dimRoundingMode, true)
  const { inChannels, outChannels, outHeight, outWidth, padInfo } = conv
  const multiplier = outChannels / inChannels
  const pixels = read(backend, x)
  const slopes = read(backend, dy)
  const gradient = new Float32Array(tf.util.sizeFromShape(filterShape))
  for (let row = 0; row < conv.filterHeight; row++)
    for (let column = 0; column < conv.filterWidth; column++) {
      const to = (row * conv.filterWidth + column) * outChannels
      for (let image = 0; image < conv.batchSize; image++)
        for (let y = 0; y < outHeight; y++) {
          const inputY = y * conv.strideHeight + row * conv.dilationHeight - padInfo.top
          if (inputY < 0 || inputY >= conv.inHeight) continue
          for (let z = 0; z < outWidth; z++) {
            const inputX = z * conv.strideWidth + column * conv.dilationWidth - padInfo.left
            if (inputX < 0 || inputX >= conv.inWidth) continue
            const from = ((image * conv.inHeight + inputY) * conv.inWidth + inputX) * inChannels
            const at = ((image * outHeight + y) * outWidth + z) * outChannels
            for (let c = 0; c < outChannels; c++)
              gradient[to + c]! += pixels[from + Math.floor(c / multiplier)]! * slopes[at + c]!
          }
        }
    }
  return write(backend, gradient, filterShape)
}

type Conv = tf.backend_util.Conv2DInfo

const paddedHeight = ({ inHeight, padInfo }: Conv): number => inHeight + padInfo.top + padInfo.bottom
const paddedWidth = ({ inWidth, padInfo }: Conv): number => inWidth + padInfo.left + padInfo.right

/** `[n, height, width, channels]` to `[channels, n, padded height, padded width]`. */
function padPlanes(x: Float32Array, conv: Conv): Float32Array {
  const { batchSize, inHeight, inWidth, inChannels, padInfo } = conv
  const [tall, wide] = [paddedHeight(conv), paddedWidth(conv)]
  const plane = batchSize * tall * wide
  const planes = new Float32Array(inChannels * plane)
  let from = 0
  for (let image = 0; image < batchSize; image++)
    for (let y = 0; y < inHeight; y++) {
      const start = (image * tall + y + padInfo.top) * wide + padInfo.left
      for (let z = 0; z < inWidth; z++)
        for (let channel = 0; channel < inChannels; channel++) planes[channel * plane + start + z] = x[from++]!
    }
  return planes
}

/** The inputs that one place of the filter meets, `[in, positions]`. */
function gather(planes: Float32Array, conv: Conv, row: number, column: number): Float32Array {
  const { batchSize, inChannels, outHeight, outWidth, strideHeight, strideWidth } = conv
  const [tall, wide] = [paddedHeight(conv), paddedWidth(conv)]
  const met = new Float32Array(inChannels * batchSize * outHeight * outWidth)
  let to = 0
  for (let map = 0; map < inChannels * batchSize; map++)
    for (let y = 0; y < outHeight; y++, to += outWidth) {
      const from = (map * tall + y * strideHeight + row) * wide + column
      if (strideWidth === 1) met.set(planes.subarray(from, from + outWidth), to)
      else for (let z = 0; z < outWidth; z++) met[to + z] = planes[from + z * strideWidth]!
    }
  return met
}
