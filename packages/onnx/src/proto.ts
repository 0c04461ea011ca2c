import { type MessageOf, many, message, one } from './protobuf.js'

// The parts of the ONNX format that inference needs. Names and numbers are those of the ONNX IR specification,
// https://onnx.ai/onnx/repo-docs/IR.html

const StringEntry = message({ key: one(1, 'string'), value: one(2, 'string') })

/** One tensor; also the message of a `.pb` file of test data. */
export const Tensor = message({
  dims: many(1, 'int'),
  dataType: one(2, 'int'),
  floatData: many(4, 'float'),
  int32Data: many(5, 'int'),
  int64Data: many(7, 'int'),
  name: one(8, 'string'),
  rawData: one(9, 'bytes'),
  doubleData: many(10, 'double'),
  externalData: many(13, StringEntry),
  dataLocation: one(14, 'int'),
})

const Attribute = message({
  name: one(1, 'string'),
  f: one(2, 'float'),
  i: one(3, 'int'),
  s: one(4, 'bytes'),
  t: one(5, Tensor),
  floats: many(7, 'float'),
  ints: many(8, 'int'),
})

const Node = message({
  input: many(1, 'string'),
  output: many(2, 'string'),
  name: one(3, 'string'),
  opType: one(4, 'string'),
  attribute: many(5, Attribute),
  domain: one(7, 'string'),
})

const Dimension = message({ value: one(1, 'int'), param: one(2, 'string') })
const TensorShape = message({ dim: many(1, Dimension) })
const TensorType = message({ elemType: one(1, 'int'), shape: one(2, TensorShape) })
const ValueType = message({ tensorType: one(1, TensorType) })
const ValueInfo = message({ name: one(1, 'string'), type: one(2, ValueType) })

const Graph = message({
  node: many(1, Node),
  initializer: many(5, Tensor),
  input: many(11, ValueInfo),
  output: many(12, ValueInfo),
})

const OperatorSet = message({ domain: one(1, 'string'), version: one(2, 'int') })

/** The top-level message of an `.onnx` file. */
export const Model = message({ irVersion: one(1, 'int'), graph: one(7, Graph), opsetImport: many(8, OperatorSet) })

export type TensorProto = MessageOf<typeof Tensor>
export type AttributeProto = MessageOf<typeof Attribute>
export type NodeProto = MessageOf<typeof Node>
export type ValueInfoProto = MessageOf<typeof ValueInfo>
export type GraphProto = MessageOf<typeof Graph>
export type ModelProto = MessageOf<typeof Model>
