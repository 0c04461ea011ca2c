import * as tf from '@tensorflow/tfjs-core'
import { CLIP_GRADIENT, clipGradient } from './clip-gradient.js'
import { convFilterGradient, depthwiseFilterGradient } from './conv-filter-gradient.js'
import { convInputGradient } from './conv-input-gradient.js'
import { depthwiseInputGradient } from './depthwise-input-gradient.js'
import { identity } from './identity.js'
import { matrixProduct } from './matrix-product.js'
import { maxPoolGradient } from './max-pool-gradient.js'
import { segmentSum } from './segment-sum.js'
import { spatialReduction } from './spatial-reduction.js'
import { tile } from './tile.js'

/** What the wasm backend of TensorFlow.js 4.22 lacks for gradients of convolutional networks. */
const missing: Readonly<Record<string, tf.KernelFunc>> = {
  Conv2DBackpropFilter: convFilterGradient,
  DepthwiseConv2dNativeBackpropFilter: depthwiseFilterGradient,
  DepthwiseConv2dNativeBackpropInput: depthwiseInputGradient,
  UnsortedSegmentSum: segmentSum,
  [CLIP_GRADIENT]: clipGradient,
}

/** What it computes slowly or wrongly, made from its own kernel. */
const mended: Readonly<Record<string, (original: tf.KernelFunc) => tf.KernelFunc>> = {
  BatchMatMul: matrixProduct,
  Conv2DBackpropInput: convInputGradient,
  Identity: identity,
  Max: spatialReduction('MaxPool'),
  MaxPoolGrad: () => maxPoolGradient,
  Mean: spatialReduction('AvgPool'),
  Tile: tile,
}

const ours = new WeakSet<tf.KernelFunc>(Object.values(missing))

/**
 * Completes the wasm backend with what gradients of convolutional networks need, faster and right; plain TensorFlow.js code in the same process,
 * training included, gets the same kernels.
 *
 * May be called at any time and any number of times, before the backend starts or after; without `@tensorflow/tfjs-backend-wasm` loaded
 * it does nothing. Kernels of the same names that someone else has added are left alone.
 */
export function registerWasmKernels(): void {
  if (!tf.getKernel('Conv2D', 'wasm')) return
  for (const [kernelName, kernelFunc] of Object.entries(missing))
    if (!tf.getKernel(kernelName, 'wasm')) tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc })
  for (const [kernelName, mend] of Object.entries(mended)) {
    const original = tf.getKernel(kernelName, 'wasm')
    if (!original || ours.has(original.kernelFunc)) continue
    const kernelFunc = mend(original.kernelFunc)
    ours.add(kernelFunc)
    tf.unregisterKernel(kernelName, 'wasm')
    // With the original's setup, which a backend that starts later has still to run.
    tf.registerKernel({ ...original, kernelFunc })
  }
}
