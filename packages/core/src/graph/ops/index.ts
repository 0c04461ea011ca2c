import { Conv2D, Conv2DBackpropInput, DepthwiseConv2D } from './conv.js'
import { MatMul } from './dense.js'
import { ELEMENTWISE } from './elementwise.js'
import { FusedBatchNorm, LRN } from './normalization.js'
import type { GraphOperator } from './operator.js'
import { AvgPool, Max, MaxPool, Mean, Min, Sum } from './pool.js'
import { SHAPE } from './shape.js'

/** The supported TensorFlow operations. */
export const OPERATORS: Readonly<Record<string, GraphOperator>> = {
  ...ELEMENTWISE,
  ...SHAPE,
  AvgPool,
  BatchMatMul: MatMul,
  BatchMatMulV2: MatMul,
  Conv2D,
  Conv2DBackpropInput,
  DepthwiseConv2dNative: DepthwiseConv2D,
  FusedBatchNorm,
  FusedBatchNormV2: FusedBatchNorm,
  FusedBatchNormV3: FusedBatchNorm,
  FusedDepthwiseConv2dNative: DepthwiseConv2D,
  LRN,
  MatMul,
  Max,
  MaxPool,
  Mean,
  Min,
  Sum,
  _FusedConv2D: Conv2D,
  _FusedMatMul: MatMul,
}
