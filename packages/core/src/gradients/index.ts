import * as tf from '@tensorflow/tfjs-core'
import { CLIP_GRADIENT } from '../wasm-kernels/clip-gradient.js'
import { clip, clipSlope } from './clip.js'
import { dilatedConvolution } from './dilated-convolution.js'
import { depthToSpace, none, squaredDifference } from './elementwise.js'
import { maxPool } from './max-pool.js'
import { mirrorPad } from './mirror-pad.js'
import { bilinear, nearest, resize } from './resize.js'

/** What TensorFlow.js 4.22 gets wrong or refuses, made from its own gradient. */
const mended: Readonly<Record<string, (original: tf.GradFunc) => tf.GradFunc>> = {
  ClipByValue: clip,
  Conv2D: dilatedConvolution('Conv2D'),
  DepthwiseConv2dNative: dilatedConvolution('DepthwiseConv2dNative'),
  MaxPool: maxPool,
  MirrorPad: mirrorPad,
  ResizeBilinear: resize(bilinear),
  ResizeNearestNeighbor: resize(nearest),
  SquaredDifference: squaredDifference,
}

const conditions = ['Equal', 'NotEqual', 'Greater', 'Less', 'LessEqual', 'LogicalAnd', 'LogicalOr']

/** What it lacks. */
const missing: readonly tf.GradConfig[] = [
  ...conditions.map((kernelName) => ({ kernelName, inputsToSave: ['a', 'b'], gradFunc: none('a', 'b') })),
  { kernelName: 'LogicalNot', inputsToSave: ['x'], gradFunc: none('x') },
  { kernelName: 'DepthToSpace', gradFunc: depthToSpace },
  { kernelName: CLIP_GRADIENT, inputsToSave: ['x'], gradFunc: clipSlope },
]

const ours = new WeakSet<tf.GradFunc>()

/**
 * Completes the gradients of TensorFlow.js, on every backend, with what classifiers need. May be called any number of times, once those of
 * TensorFlow.js itself are there (importing `@tensorflow/tfjs-layers` brings them); before it does nothing.
 */
export function registerGradients(): void {
  if (!tf.getGradient('Conv2D')) return
  for (const config of missing) if (!tf.getGradient(config.kernelName)) tf.registerGradient(config)
  for (const [kernelName, mend] of Object.entries(mended)) {
    const original = tf.getGradient(kernelName)
    if (!original || ours.has(original.gradFunc)) continue
    const gradFunc = mend(original.gradFunc)
    ours.add(gradFunc)
    tf.unregisterGradient(kernelName)
    tf.registerGradient({ ...original, gradFunc })
  }
}
