/** How pixels in [0, 1] become what the network was trained on, channel by channel: `(pixel - mean) / std`. */
export interface Preprocessing {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/**
 * Everything needed to open a model, as JSON, so that a worker, another machine or a web page can open the same one.
 * `url` is a file path or URL; a relative one is resolved against the place the spec was read from before it is used.
 */
export interface ModelSpec {
  readonly format: 'onnx' | 'tfjs-layers'
  readonly url: string
  readonly name: string
  readonly classNames: readonly string[]
  readonly preprocessing: Preprocessing
  /** Overrides what inspection finds. */
  readonly penultimate?: string
  readonly lastConv?: string
}
