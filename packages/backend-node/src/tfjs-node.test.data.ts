import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'

/**
 * The kernels of `@tensorflow/tfjs-node` 4.22.0, which are those of `@tensorflow/tfjs-node-gpu` 4.22.0: `dist/register_all_kernels.js` of both packages, the same
 * file.
 */
export const tfjsNodeKernels: readonly string[] = `
  Abs Acos Acosh Add AddN All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh AvgPool AvgPool3D AvgPool3DGrad
  AvgPoolGrad BatchMatMul BatchToSpaceND Bincount BroadcastArgs Cast Ceil ClipByValue Complex ComplexAbs Concat
  Conv2D Conv2DBackpropFilter Conv2DBackpropInput Conv3D Conv3DBackpropFilterV2 Conv3DBackpropInputV2 Cos Cosh
  CropAndResize Cumprod Cumsum DepthToSpace DepthwiseConv2dNative DepthwiseConv2dNativeBackpropFilter
  DepthwiseConv2dNativeBackpropInput Diag Dilation2D Dilation2DBackpropFilter Dilation2DBackpropInput Einsum Elu
  EluGrad Equal Erf Exp ExpandDims Expm1 FFT Fill FlipLeftRight Floor FloorDiv FusedBatchNorm FusedConv2D
  FusedDepthwiseConv2D GatherNd GatherV2 Greater GreaterEqual IFFT Identity Imag IsFinite IsInf IsNan LRN LRNGrad
  LeakyRelu Less LessEqual LinSpace Log Log1p LogicalAnd LogicalNot LogicalOr Max MaxPool MaxPool3D MaxPool3DGrad
  MaxPoolGrad Maximum Mean Min Minimum MirrorPad Mod Multinomial Multiply Neg NonMaxSuppressionV3
  NonMaxSuppressionV4 NonMaxSuppressionV5 NotEqual OneHot OnesLike Pack PadV2 Pow Prelu Prod Range Real RealDiv
  Reciprocal Relu Relu6 Reshape ResizeBilinear ResizeBilinearGrad ResizeNearestNeighbor ResizeNearestNeighborGrad
  Reverse Round Rsqrt ScatterNd Select Selu Sigmoid Sign Sin Sinh Slice Softmax Softplus SpaceToBatchND
  SparseToDense SplitV Sqrt Square SquaredDifference StaticRegexReplace Step StridedSlice Sub Sum Tan Tanh
  TensorScatterUpdate Tile TopK Transpose Unique Unpack UnsortedSegmentSum ZerosLike _FusedMatMul
`
  .trim()
  .split(/\s+/)

const explicitly = new Set([
  'AvgPool',
  'AvgPoolGrad',
  'Conv2DBackpropFilter',
  'Conv2DBackpropInput',
  'DepthwiseConv2dNativeBackpropFilter',
  'DepthwiseConv2dNativeBackpropInput',
  'MaxPool',
  'MaxPoolGrad',
])

const undilated = new Set(['DepthwiseConv2dNative', 'FusedDepthwiseConv2D'])

/**
 * A backend with the name, the kernels and the limits of `@tensorflow/tfjs-node`, which brings a library that tests cannot depend on; it computes on the
 * cpu backend.
 *
 * The limits, read in `dist/kernels` of the package and in tensorflow/tensorflow#56498: explicit padding is refused but by forward convolutions,
 * a depthwise convolution ignores its dilations, and operands have one type.
 *
 * @returns Names of the kernels that have run since.
 */
export function startTfjsNodeLike(): Set<string> {
  const used = new Set<string>()
  tf.registerBackend('tensorflow', () => new MathBackendCPU())
  for (const kernelName of tfjsNodeKernels) {
    const kernel = tf.getKernel(kernelName, 'cpu')
    if (!kernel) continue
    tf.registerKernel({
      ...kernel,
      backendName: 'tensorflow',
      kernelFunc: ({ inputs, attrs, backend }) => {
        used.add(kernelName)
        const { pad, ...others } = (attrs ?? {}) as { pad?: unknown }
        const isExplicit = Array.isArray(pad) && pad.flat().some((border) => border !== 0)
        if (explicitly.has(kernelName) && (isExplicit || (typeof pad === 'number' && pad > 0)))
          throw new Error("TF Backend supports only 'valid' and 'same' padding while padding was EXPLICIT")
        const { a, b } = inputs as { a?: tf.TensorInfo; b?: tf.TensorInfo }
        if (a && b && a.dtype !== b.dtype) throw new Error(`${kernelName} of ${a.dtype} and ${b.dtype}`)
        const limited = undilated.has(kernelName) ? { ...others, pad, dilations: [1, 1] } : attrs
        return kernel.kernelFunc({ inputs, attrs: limited as tf.NamedAttrMap, backend })
      },
    })
  }
  return used
}
