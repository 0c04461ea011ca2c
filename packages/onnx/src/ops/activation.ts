import * as tf from '@tensorflow/tfjs-core'
import { align, elementwise } from './elementwise.js'
import type { Operator } from './operator.js'

const plain = (apply: (x: tf.Tensor) => tf.Tensor): Operator => elementwise(() => apply)

export const Relu = plain(tf.relu)
export const Sigmoid = plain(tf.sigmoid)
export const Tanh = plain(tf.tanh)
export const Softplus = plain(tf.softplus)
export const Softsign = plain((x) => tf.div(x, tf.add(tf.abs(x), 1)))
export const Erf = plain(tf.erf)
export const Exp = plain(tf.exp)
export const Log = plain(tf.log)
export const Sqrt = plain(tf.sqrt)
export const Abs = plain(tf.abs)
export const Ceil = plain(tf.ceil)
export const Floor = plain(tf.floor)
export const Neg = plain(tf.neg)
export const Reciprocal = plain((x) => tf.div(1, x))
export const Mish = plain((x) => tf.mul(x, tf.tanh(tf.softplus(x))))
export const HardSwish = plain((x) => tf.mul(x, tf.clipByValue(tf.add(tf.mul(x, 1 / 6), 0.5), 0, 1)))
/** Not an ONNX operator: what `Mul` and `Sigmoid` of one value become. */
export const Swish = plain((x) => tf.mul(x, tf.sigmoid(x)))

export const HardSigmoid = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 0.2)
  const beta = attributes.float('beta', 0.5)
  return (x) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1)
})

export const LeakyRelu = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 0.01)
  return (x) => tf.leakyRelu(x, alpha)
})

/** `alpha · (exp(x / alpha) - 1)` below zero. */
export const Celu = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 1)
  return (x) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.div(tf.minimum(x, 0), alpha)), 1), alpha))
})

export const Elu = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 1)
  // The exponential only sees what it is used for, so that its gradient stays finite.
  return (x) => tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha))
})

export const Selu = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 1.6732632423543772)
  const gamma = attributes.float('gamma', 1.0507009873554805)
  return (x) => tf.mul(tf.add(tf.relu(x), tf.mul(tf.sub(tf.exp(tf.minimum(x, 0)), 1), alpha)), gamma)
})

export const ThresholdedRelu = elementwise(({ attributes }) => {
  const alpha = attributes.float('alpha', 1)
  return (x) => tf.mul(x, tf.step(tf.sub(x, alpha)))
})

/** Exact, or with the approximation by tanh that the attribute asks for. */
export const Gelu = elementwise((node) => {
  const approximate = node.attributes.text('approximate', 'none')
  if (approximate === 'none') return (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1))
  if (approximate !== 'tanh') throw node.error('bad-input', `approximate is "${approximate}"`)
  return (x) => {
    const inner = tf.mul(tf.add(x, tf.mul(tf.mul(x, tf.square(x)), 0.044715)), Math.sqrt(2 / Math.PI))
    return tf.mul(tf.mul(x, 0.5), tf.add(tf.tanh(inner), 1))
  }
})

/** Limits are attributes up to operator set 10, operands after. */
export const Clip = elementwise((node) => {
  const limit = (index: number, name: string, absent: number): number => {
    if (!node.has(index)) return node.attributes.number(name, absent)
    const [value, ...others] = node.floats(index, name).data
    if (value !== undefined && others.length === 0) return value
    throw node.error('bad-input', `${name} has ${others.length + 1} values, expected one`)
  }
  const min = limit(1, 'min', Number.NEGATIVE_INFINITY)
  const max = limit(2, 'max', Number.POSITIVE_INFINITY)
  if (Number.isFinite(min) && min <= max && Number.isFinite(max)) return (x) => tf.clipByValue(x, min, max)
  return (x) => {
    const above = min === Number.NEGATIVE_INFINITY ? x : tf.maximum(x, min)
    return max === Number.POSITIVE_INFINITY ? above : tf.minimum(above, max)
  }
})

export const PRelu: Operator = (node) => {
  const { shape, order } = align(node, [0, 1])
  const [x, slope] = [node.read(0, order), node.read(1, order)]
  return node.result(
    shape,
    order,
    (run) => {
      const positive = tf.relu(x(run))
      return tf.add(positive, tf.mul(slope(run), tf.sub(x(run), positive)))
    },
    { continues: true },
  )
}

export const Identity = plain((x) => x)

/** Does nothing at inference. */
export const Dropout: Operator = (node) => {
  if (node.outputs > 1) throw node.error('unsupported', 'its mask is used, which only training has')
  if (node.has(2) && node.constant(2, 'training_mode').data[0] !== 0)
    throw node.error('unsupported', 'it is in training mode, export the model in evaluation mode')
  return Identity(node)
}

/** Between float types; all computing is in float32. */
export const Cast: Operator = (node) => {
  const to = node.attributes.int('to', 0)
  if (to === 1 || to === 10 || to === 11) return Identity(node)
  throw node.error('unsupported', `it makes element type ${to} of a value computed from the image, expected floats`)
}
