import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core'
import type { LayerInfo } from './classifier.js'

/** Asks {@link TfjsNetwork.run} for the logits rather than for a layer. */
export const LOGITS: unique symbol = Symbol('logits')

/** What a forward pass can return: the output of a layer by its name, or the logits. */
export type Fetch = string | typeof LOGITS

/** How a forward pass is executed. */
export interface NetworkRunOptions {
  /** True: only operations whose gradient by their input exists. False: fused ones, and intermediate results freed early. */
  readonly differentiable: boolean
  /** Uses `activation` (borrowed) as the output of `layer` instead of computing it. */
  readonly replace?: { readonly layer: string; readonly activation: Tensor }
  /** What to return for a layer: a new tensor made of its output (borrowed), given the fetch's position. Default: a clone. */
  readonly reduce?: (output: Tensor, fetch: number) => Tensor
}

/** A value inside the network that can be fetched and replaced by its name, though it is not one of the layers. */
export interface NodeInfo {
  readonly name: string
  /** Of one image. */
  readonly shape: readonly number[]
}

/**
 * What a file format has to provide to become a classifier: a feed-forward network of named layers on tfjs tensors.
 * Its input is preprocessed already.
 */
export interface TfjsNetwork {
  readonly input: { readonly height: number; readonly width: number; readonly channels: number }
  /** In order of execution; see `ClassifierInfo.layers`. */
  readonly layers: readonly LayerInfo[]
  /** Everything else that has a name, such as the nodes of a graph. A layer of the same name comes first. */
  readonly nodes?: readonly NodeInfo[]
  /** The layer whose output feeds the classification layer. */
  readonly penultimate: string
  readonly classes: number
  /** What the file's output is. {@link LOGITS} always gives logits, or the logarithm of softmax, which differs by a constant a row. */
  readonly output: 'logits' | 'softmax'
  /**
   * One synchronous forward pass that executes only what the fetches need.
   * @param input float32 `[n, height, width, channels]`, preprocessed, borrowed.
   * @param fetches Known layer or node names; feature maps are `[n, height, width, channels]`, vectors `[n, units]`.
   * @returns In the order of the fetches, owned by the caller.
   */
  run(input: Tensor4D, fetches: readonly Fetch[], options: NetworkRunOptions): Tensor[]
  /** Frees the weights. */
  dispose(): void
}
