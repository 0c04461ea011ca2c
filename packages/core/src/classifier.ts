import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import type { ImageBatch } from './image-batch.js'

/** A layer that can be tapped, explained or drawn. */
export interface LayerInfo {
  /** Readable and unique within the model, for example `conv5_3`. */
  readonly name: string
  readonly kind: 'conv' | 'pool' | 'dense' | 'other'
  /** Filters of a convolution, units of a dense layer. */
  readonly channels: number
  /** Size of the feature map; 1 × 1 for dense layers. */
  readonly height: number
  readonly width: number
}

/** What is known of a model without running it. JSON-serialisable. */
export interface ClassifierInfo {
  readonly name: string
  /** SHA-256 of the model's bytes, hex. */
  readonly hash: string
  readonly format: 'onnx' | 'tfjs-layers' | 'tfjs-graph'
  readonly input: { readonly height: number; readonly width: number; readonly channels: number }
  readonly classNames: readonly string[]
  /** In order of execution; convolutions stand for their output after the activation function that follows them. */
  readonly layers: readonly LayerInfo[]
  /** The layer whose output feeds the classification layer. */
  readonly penultimate: string
  /** The last convolution: the usual target of Grad-CAM. Empty for a network without one. */
  readonly lastConv: string
  /** What the file's output is; {@link DifferentiableModel.logits} always gives logits. */
  readonly output: 'logits' | 'softmax'
}

/**
 * A request for a layer's output beside the prediction. `max` and `mean` reduce over height and width on the device,
 * so full feature maps never cross to the host unless `none` asks for them.
 */
export interface Tap {
  readonly layer: string
  readonly reduce: 'none' | 'max' | 'mean'
}

/** Values of one tap: `[n, channels]` when reduced or dense, `[n, height, width, channels]` otherwise. */
export interface TapValues {
  readonly data: Float32Array
  readonly shape: readonly number[]
}

/** Host arrays of one forward pass. */
export interface Prediction {
  /** `[n, classes]`, before softmax. */
  readonly logits: Float32Array
  /** `[n, classes]`, softmax: rows sum to 1. */
  readonly probabilities: Float32Array
  readonly classes: number
  /** In the order of the requested taps. */
  readonly taps: readonly TapValues[]
}

/**
 * An image classifier behind any file format and engine. Open one with `openOnnx` (`@vatun/onnx`) or
 * `openLayersModel` (`@vatun/core/layers`).
 */
export interface Classifier {
  readonly info: ClassifierInfo
  /**
   * One forward pass.
   * @param images Host images, or a float32 tensor `[n, height, width, channels]` in [0, 1] (borrowed), which stays on the device.
   * @throws VatunError `bad-input` for a wrong image size or channel count, `not-found` for an unknown tap layer.
   */
  predict(images: ImageBatch | Tensor4D, taps?: readonly Tap[]): Promise<Prediction>
  /** Absent for an engine without gradients. */
  readonly differentiable?: DifferentiableModel
  /** Frees the weights. Further calls throw. */
  dispose(): void
}

/**
 * The tensor-level face of a classifier: synchronous, differentiable by `tf.grad`. Inputs are borrowed and in pixel space
 * (`[n, height, width, channels]` in [0, 1]); results are owned by the caller.
 */
export interface DifferentiableModel {
  /** `[n, classes]`, before softmax. For a model that ends in softmax: the logarithm of its output. */
  logits(images: Tensor4D): Tensor2D
  /** Output of a layer after its activation function: `[n, height, width, channels]`, or `[n, units]` for dense layers. */
  activation(images: Tensor4D, layer: string): Tensor
  /**
   * The rest of the network: logits when `layer` gives `activation` instead of its own output. Paths around the layer
   * (residual connections) are computed from `images`, which is what makes this right for any topology.
   */
  logitsFrom(images: Tensor4D, layer: string, activation: Tensor): Tensor2D
}
