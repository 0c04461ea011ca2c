/** Names of common preprocessings, see {@link Preprocessing}. */
export type PreprocessingPreset = 'none' | 'imagenet-torch' | 'keras-caffe' | '[-1,1]'

/**
 * How pixels in [0, 1] become what the network was trained on: a preset by its name, or the steps. JSON-serialisable.
 *
 * Formula, for channel `c` in the network's order: `(scale · pixel[c] - mean[c]) / std[c]`.
 *
 * | preset | scale | order | mean | std |
 * |---|---|---|---|---|
 * | `none` | 1 | RGB | 0 | 1 |
 * | `imagenet-torch` | 1 | RGB | 0.485, 0.456, 0.406 | 0.229, 0.224, 0.225 |
 * | `keras-caffe` | 255 | BGR | 103.939, 116.779, 123.68 | 1 |
 * | `[-1,1]` | 1 | RGB | 0.5 | 0.5 |
 */
export type Preprocessing = PreprocessingPreset | PreprocessingSteps

/** The steps of a {@link Preprocessing}, in the order of execution: resize, channel order, scale, mean, standard deviation. */
export interface PreprocessingSteps {
  /** Where the values that are not given come from. Default `none`. */
  readonly preset?: PreprocessingPreset
  /** Default: images have the size of the network's input. */
  readonly resize?: Resize
  /** `bgr` reverses the channels of RGB images. */
  readonly channelOrder?: 'rgb' | 'bgr'
  /** Factor of the pixels, positive; 255 for a network that was trained on 0…255. */
  readonly scale?: number
  /** One value for every channel, or one per channel in the network's order, in units after `scale`. */
  readonly mean?: readonly number[]
  /** Like `mean`, positive. */
  readonly std?: readonly number[]
}

/**
 * Lets the classifier take images of another size than the network's: bilinear interpolation, smoothed where the image gets
 * smaller, as PIL and torchvision do.
 */
export interface Resize {
  /** Size of the images that the classifier is given; becomes `ClassifierInfo.input`. */
  readonly height: number
  readonly width: number
  /**
   * Cuts the largest centred window with the network's aspect ratio, times this share in (0, 1], before it is resized:
   * 0.875 is torchvision's `Resize(256)` and `CenterCrop(224)`. Default: no cut, the whole image is stretched.
   */
  readonly crop?: number
}

/**
 * Everything needed to open a model, as JSON, so that a worker, another machine or a web page can open the same one.
 * `url` is a file path or URL; a relative one is resolved against the place the spec was read from before it is used.
 */
export interface ModelSpec {
  readonly format: 'onnx' | 'tfjs-layers' | 'tfjs-graph'
  readonly url: string
  readonly name: string
  readonly classNames: readonly string[]
  readonly preprocessing: Preprocessing
  /** Overrides what inspection finds. */
  readonly penultimate?: string
  readonly lastConv?: string
  /** What the output is. Of a model that gives one number: the logit of the second of two classes, or its probability. */
  readonly output?: 'logits' | 'softmax'
  /** Which output holds the class scores, for a model with several: its name. */
  readonly outputName?: string
  /** Size of the network's input, for a model that leaves it open. */
  readonly input?: { readonly height: number; readonly width: number; readonly channels: number }
}
