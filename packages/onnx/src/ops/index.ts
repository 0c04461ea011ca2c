import { Dropout, Identity, Relu, Sigmoid, Tanh } from './activation.js'
import { Add, Div, Mul, Sub } from './arithmetic.js'
import { Conv } from './conv.js'
import { Gemm, MatMul } from './dense.js'
import { BatchNormalization } from './normalization.js'
import type { Operator } from './operator.js'
import { AveragePool, GlobalAveragePool, MaxPool, ReduceMean } from './pool.js'
import { Flatten, Reshape } from './shape.js'

/** The operators that can be executed, by their ONNX name. To add one, write its {@link Operator} and list it here. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  Add,
  AveragePool,
  BatchNormalization,
  Conv,
  Div,
  Dropout,
  Flatten,
  Gemm,
  GlobalAveragePool,
  Identity,
  MatMul,
  MaxPool,
  Mul,
  ReduceMean,
  Relu,
  Reshape,
  Sigmoid,
  Sub,
  Tanh,
}
