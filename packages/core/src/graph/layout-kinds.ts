/** Operations with an attribute `data_format`, and the input that it is about. */
export const FORMATTED: Readonly<Record<string, number>> = {
  AvgPool: 0,
  BiasAdd: 0,
  Conv2D: 0,
  Conv2DBackpropInput: 2,
  DepthToSpace: 0,
  DepthwiseConv2dNative: 0,
  FusedBatchNorm: 0,
  FusedBatchNormV2: 0,
  FusedBatchNormV3: 0,
  FusedDepthwiseConv2dNative: 0,
  MaxPool: 0,
  SpaceToDepth: 0,
  _FusedConv2D: 0,
}

/** Operations on feature maps with channels last, whose result is one. */
export const MAPS: ReadonlySet<string> = new Set([
  ...Object.keys(FORMATTED),
  ...['BatchToSpaceND', 'LRN', 'ResizeBilinear', 'ResizeNearestNeighbor', 'SpaceToBatchND'],
])

/** Operations whose result is no feature map. */
export const VECTORS: ReadonlySet<string> = new Set([
  ...['BatchMatMul', 'BatchMatMulV2', 'Einsum', 'MatMul', '_FusedMatMul', 'Rank', 'Shape', 'Size', 'Squeeze'],
])

export const REDUCTIONS: ReadonlySet<string> = new Set(['Max', 'Mean', 'Min', 'Prod', 'Sum'])

/** Operations on each number of their first input. */
export const PASSING: ReadonlySet<string> = new Set([
  ...[
    'Abs',
    'Cast',
    'Ceil',
    'CheckNumerics',
    'Cos',
    'Elu',
    'EnsureShape',
    'Erf',
    'Exp',
    'Expm1',
    'Floor',
    'Identity',
    'IdentityN',
  ],
  ...['LeakyRelu', 'Log', 'Log1p', 'LogicalNot', 'Neg', 'OnesLike', 'PlaceholderWithDefault', 'PreventGradient'],
  ...['Reciprocal', 'Relu', 'Relu6', 'Round', 'Rsqrt', 'Selu', 'Sigmoid', 'Sign', 'Sin', 'Snapshot', 'Softplus'],
  ...['Softsign', 'Sqrt', 'Square', 'StopGradient', 'Switch', 'Tanh', 'ZerosLike'],
])

/** Operations on numbers of several inputs at the same place, or inputs side by side. */
export const ALIGNED: ReadonlySet<string> = new Set([
  ...['Add', 'AddN', 'AddV2', 'Atan2', 'ClipByValue', 'ConcatV2', 'Div', 'DivNoNan', 'Equal', 'FloorDiv', 'FloorMod'],
  ...['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr', 'Maximum', 'Merge', 'Minimum', 'Mul'],
  ...['NotEqual', 'Pow', 'Prelu', 'RealDiv', 'Select', 'SelectV2', 'SquaredDifference', 'Sub'],
])
