import { BLOCKS } from './blocks.js'
import { Conv2D, Conv2DBackpropInput, DepthwiseConv2D } from './conv.js'
import { MatMul } from './dense.js'
import { Einsum } from './einsum.js'
import { ELEMENTWISE } from './elementwise.js'
import { FusedBatchNorm, LRN } from './normalization.js'
import type { GraphOperator } from './operator.js'
import { MirrorPad, Pad } from './padding.js'
import { AvgPool, Max, MaxPool, Mean, Min, Prod, Sum } from './pool.js'
import { SHAPE } from './shape.js'
import { SLICE } from './slice.js'

/** The supported TensorFlow operations. */
export const OPERATORS: Readonly<Record<string, GraphOperator>> = {
  ...BLOCKS,
  ...ELEMENTWISE,
  ...SHAPE,
  ...SLICE,
  AvgPool,
  BatchMatMul: MatMul,
  BatchMatMulV2: MatMul,
  Conv2D,
  Conv2DBackpropInput,
  DepthwiseConv2dNative: DepthwiseConv2D,
  Einsum,
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
  MirrorPad,
  Pad,
  PadV2: Pad,
  Prod,
  Sum,
  _FusedConv2D: Conv2D,
  _FusedMatMul: MatMul,
}
