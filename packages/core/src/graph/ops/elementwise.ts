import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../read-graph.js'
import type { GraphOperator } from './operator.js'

const unary = (apply: (x: tf.Tensor) => tf.Tensor): GraphOperator => ({
  inputs: 1,
  continues: true,
  build: () => (inputs) => apply(inputs[0]!),
})

/** Joins two branches, which makes it a layer; with a constant it continues the layer before it. */
const binary = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): GraphOperator => ({
  inputs: 2,
  continues: true,
  layer: ({ constants }) => (constants.some(Boolean) ? undefined : 'other'),
  build: () => (inputs) => apply(inputs[0]!, inputs[1]!),
})

const TYPES: Readonly<Record<string, 'float32' | 'int32' | 'bool'>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
}

const Cast: GraphOperator = {
  inputs: 1,
  continues: true,
  build(node) {
    const name = node.attributes.type('DstT', 'DT_FLOAT')
    const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
    if (!type) throw new VatunError('unsupported', `${at(node)}: a cast to ${name} is not supported`)
    return (inputs) => (inputs[0]!.dtype === type ? tf.clone(inputs[0]!) : tf.cast(inputs[0]!, type))
  },
}

const LeakyRelu: GraphOperator = {
  inputs: 1,
  continues: true,
  build(node) {
    const alpha = node.attributes.float('alpha', 0.2)
    return (inputs) => tf.leakyRelu(inputs[0]!, alpha)
  },
}

const AddN: GraphOperator = { inputs: 1, layer: () => 'other', build: () => (inputs) => tf.addN([...inputs]) }

/** Bounds are constants as a rule; the gradient of tfjs wants numbers. */
const ClipByValue: GraphOperator = {
  inputs: 3,
  continues: true,
  build: () => (inputs) => tf.maximum(tf.minimum(inputs[0]!, inputs[2]!), inputs[1]!),
}

const identity = unary((x) => tf.clone(x))

export const ELEMENTWISE: Readonly<Record<string, GraphOperator>> = {
  Abs: unary((x) => tf.abs(x)),
  Add: binary((a, b) => tf.add(a, b)),
  AddN,
  AddV2: binary((a, b) => tf.add(a, b)),
  BiasAdd: binary((a, b) => tf.add(a, b)),
  Cast,
  CheckNumerics: identity,
  ClipByValue,
  Div: binary((a, b) => tf.div(a, b)),
  Elu: unary((x) => tf.elu(x)),
  Erf: unary((x) => tf.erf(x)),
  Exp: unary((x) => tf.exp(x)),
  Floor: unary((x) => tf.floor(x)),
  FloorDiv: binary((a, b) => tf.floorDiv(a, b)),
  FloorMod: binary((a, b) => tf.mod(a, b)),
  Identity: identity,
  LeakyRelu,
  Log: unary((x) => tf.log(x)),
  LogSoftmax: unary((x) => tf.logSoftmax(x)),
  Maximum: binary((a, b) => tf.maximum(a, b)),
  Minimum: binary((a, b) => tf.minimum(a, b)),
  Mul: binary((a, b) => tf.mul(a, b)),
  Neg: unary((x) => tf.neg(x)),
  PlaceholderWithDefault: identity,
  Pow: binary((a, b) => tf.pow(a, b)),
  Prelu: { inputs: 2, continues: true, build: () => (inputs) => tf.prelu(inputs[0]!, inputs[1]!) },
  PreventGradient: identity,
  RealDiv: binary((a, b) => tf.div(a, b)),
  Reciprocal: unary((x) => tf.reciprocal(x)),
  Relu: unary((x) => tf.relu(x)),
  Relu6: unary((x) => tf.relu6(x)),
  Rsqrt: unary((x) => tf.rsqrt(x)),
  Selu: unary((x) => tf.selu(x)),
  Sigmoid: unary((x) => tf.sigmoid(x)),
  Snapshot: identity,
  Softmax: { inputs: 1, build: () => (inputs) => tf.softmax(inputs[0]!) },
  Softplus: unary((x) => tf.softplus(x)),
  Sqrt: unary((x) => tf.sqrt(x)),
  Square: unary((x) => tf.square(x)),
  SquaredDifference: binary((a, b) => tf.squaredDifference(a, b)),
  StopGradient: identity,
  Sub: binary((a, b) => tf.sub(a, b)),
  Tanh: unary((x) => tf.tanh(x)),
}
