import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { at, floatConstant, type Operator, requireValue } from './operator.js'
import { readWindow } from './window.js'

/** Two-dimensional convolution. The file's filters `[out, in, height, width]` become `[height, width, in, out]` at load. */
export const Conv: Operator = {
  layer: 'conv',
  fusesRelu: true,
  build(node, weights) {
    requireValue(node, 0, 'the input')
    const filters = floatConstant(node, 1, 'the weight')
    const [out, , height, width] = filters.dims
    if (filters.dims.length !== 4)
      throw new VatunError(
        'unsupported',
        `${at(node)}: weight has rank ${filters.dims.length}, only two-dimensional convolutions (rank 4) are supported`,
      )
    const group = node.attributes.int('group', 1)
    if (group !== 1)
      throw new VatunError('unsupported', `${at(node)}: ${group} groups, only convolutions with 1 are supported`)
    const kernelShape = node.attributes.optionalInts('kernel_shape')
    if (kernelShape && (kernelShape.length !== 2 || kernelShape[0] !== height || kernelShape[1] !== width))
      throw new VatunError(
        'bad-input',
        `${at(node)}: kernel_shape [${kernelShape.join(', ')}] disagrees with the weight, [${filters.dims.join(', ')}]`,
      )
    const { strides, dilations, padding } = readWindow(node, [height!, width!])
    const filter = weights.upload(filters, (t) => tf.transpose(t as tf.Tensor4D, [2, 3, 1, 0]))
    const biases = node.inputs[2] === undefined ? undefined : floatConstant(node, 2, 'the bias')
    if (biases && (biases.dims.length !== 1 || biases.dims[0] !== out))
      throw new VatunError('bad-input', `${at(node)}: bias is [${biases.dims.join(', ')}], expected [${out}]`)
    const bias = biases && weights.upload<tf.Tensor1D>(biases)
    return ([x], differentiable) => {
      const input = x as tf.Tensor4D
      if (!differentiable)
        return tf.fused.conv2d({
          x: input,
          filter,
          strides,
          pad: padding,
          dilations,
          ...(bias && { bias }),
          activation: node.relu ? 'relu' : 'linear',
        })
      const sums = tf.conv2d(input, filter, strides, padding, 'NHWC', dilations)
      const biased = bias ? tf.add(sums, bias) : sums
      return node.relu ? tf.relu(biased) : biased
    }
  },
}
