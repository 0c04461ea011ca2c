import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '../../errors.js'
import { at } from '../graph-node.js'
import { settingOf } from '../settings.js'
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

/** A condition, or a number that no branch of the network is. */
const comparison = (apply: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor): GraphOperator => ({
  inputs: 2,
  build: () => (inputs) => apply(inputs[0]!, inputs[1]!),
})

const Select: GraphOperator = { inputs: 3, build: () => (inputs) => tf.where(inputs[0]!, inputs[1]!, inputs[2]!) }

/** Passes on each of its inputs. */
const IdentityN: GraphOperator = { inputs: 1, build: (node) => (inputs) => tf.clone(inputs[node.index]!) }

/** The one branch that is computed, see `createBranches`; the other output tells which one it is. */
const Merge: GraphOperator = {
  inputs: 1,
  build(node) {
    if (node.index === 0) return (inputs) => tf.clone(inputs[0]!)
    throw new VatunError('unsupported', `${at(node)}: only its first output is supported`)
  },
}

const TYPES: Readonly<Record<string, 'float32' | 'int32' | 'bool'>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_DOUBLE: 'float32',
  DT_BFLOAT16: 'float32',
  DT_UINT8: 'int32',
  DT_INT8: 'int32',
  DT_INT32: 'int32',
  DT_INT64: 'int32',
  DT_BOOL: 'bool',
}

/** Tells whether a network is being trained. */
const Placeholder: GraphOperator = {
  inputs: 0,
  build(node) {
    const value = settingOf(node) ?? 0
    const name = node.attributes.type('dtype', 'DT_FLOAT')
    const type = Object.hasOwn(TYPES, name) ? TYPES[name]! : 'float32'
    return () => tf.scalar(type === 'bool' ? value > 0 : value, type)
  },
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
  Acos: unary((x) => tf.acos(x)),
  Acosh: unary((x) => tf.acosh(x)),
  Add: binary((a, b) => tf.add(a, b)),
  AddN,
  AddV2: binary((a, b) => tf.add(a, b)),
  Asin: unary((x) => tf.asin(x)),
  Asinh: unary((x) => tf.asinh(x)),
  Atan: unary((x) => tf.atan(x)),
  Atan2: comparison((a, b) => tf.atan2(a, b)),
  Atanh: unary((x) => tf.atanh(x)),
  BiasAdd: binary((a, b) => tf.add(a, b)),
  Cast,
  Ceil: unary((x) => tf.ceil(x)),
  CheckNumerics: identity,
  ClipByValue,
  Cos: unary((x) => tf.cos(x)),
  Cosh: unary((x) => tf.cosh(x)),
  Div: binary((a, b) => tf.div(a, b)),
  DivNoNan: binary((a, b) => tf.divNoNan(a, b)),
  Elu: unary((x) => tf.elu(x)),
  EnsureShape: identity,
  Equal: comparison((a, b) => tf.equal(a, b)),
  Erf: unary((x) => tf.erf(x)),
  Exp: unary((x) => tf.exp(x)),
  Expm1: unary((x) => tf.expm1(x)),
  Floor: unary((x) => tf.floor(x)),
  FloorDiv: binary((a, b) => tf.floorDiv(a, b)),
  FloorMod: binary((a, b) => tf.mod(a, b)),
  Greater: comparison((a, b) => tf.greater(a, b)),
  GreaterEqual: comparison((a, b) => tf.greaterEqual(a, b)),
  Identity: identity,
  IdentityN,
  LeakyRelu,
  Less: comparison((a, b) => tf.less(a, b)),
  LessEqual: comparison((a, b) => tf.lessEqual(a, b)),
  Log: unary((x) => tf.log(x)),
  Log1p: unary((x) => tf.log1p(x)),
  LogSoftmax: unary((x) => tf.logSoftmax(x)),
  LogicalAnd: comparison((a, b) => tf.logicalAnd(a, b)),
  LogicalNot: unary((x) => tf.logicalNot(x)),
  LogicalOr: comparison((a, b) => tf.logicalOr(a, b)),
  Maximum: binary((a, b) => tf.maximum(a, b)),
  Merge,
  Minimum: binary((a, b) => tf.minimum(a, b)),
  Mul: binary((a, b) => tf.mul(a, b)),
  Neg: unary((x) => tf.neg(x)),
  NotEqual: comparison((a, b) => tf.notEqual(a, b)),
  OnesLike: unary((x) => tf.onesLike(x)),
  Placeholder,
  PlaceholderWithDefault: identity,
  Pow: binary((a, b) => tf.pow(a, b)),
  Prelu: { inputs: 2, continues: true, build: () => (inputs) => tf.prelu(inputs[0]!, inputs[1]!) },
  PreventGradient: identity,
  RealDiv: binary((a, b) => tf.div(a, b)),
  Reciprocal: unary((x) => tf.reciprocal(x)),
  Relu: unary((x) => tf.relu(x)),
  Relu6: unary((x) => tf.relu6(x)),
  Round: unary((x) => tf.round(x)),
  Rsqrt: unary((x) => tf.rsqrt(x)),
  Select,
  SelectV2: Select,
  Selu: unary((x) => tf.selu(x)),
  Sigmoid: unary((x) => tf.sigmoid(x)),
  Sign: unary((x) => tf.sign(x)),
  Sin: unary((x) => tf.sin(x)),
  Sinh: unary((x) => tf.sinh(x)),
  Snapshot: identity,
  Softmax: { inputs: 1, build: () => (inputs) => tf.softmax(inputs[0]!) },
  Softplus: unary((x) => tf.softplus(x)),
  Softsign: unary((x) => tf.div(x, tf.add(tf.abs(x), 1))),
  Sqrt: unary((x) => tf.sqrt(x)),
  Square: unary((x) => tf.square(x)),
  SquaredDifference: binary((a, b) => tf.squaredDifference(a, b)),
  StopGradient: identity,
  Sub: binary((a, b) => tf.sub(a, b)),
  Switch: identity,
  Tan: unary((x) => tf.tan(x)),
  Tanh: unary((x) => tf.tanh(x)),
  ZerosLike: unary((x) => tf.zerosLike(x)),
}
