import * as tf from '@tensorflow/tfjs-core'
import * as tfl from '@tensorflow/tfjs-layers'
import type { LayerClass } from './layers-build.js'

type Config = ConstructorParameters<typeof tfl.layers.Layer>[0] & Readonly<Record<string, unknown>>

const single = <T>(value: T | T[]): T => (Array.isArray(value) ? value[0]! : value)

/** Does something in training only. */
function passing(className: string): LayerClass {
  return class extends tfl.layers.Layer {
    static className = className
    override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
      return tf.clone(single(inputs))
    }
    override computeOutputShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape | tfl.Shape[] {
      return shape
    }
  } as LayerClass
}

/** `(x - mean) / sqrt(variance)`, or the way back, with statistics of the training data, which are weights, or numbers of the configuration. */
class Normalization extends tfl.layers.Layer {
  static className = 'Normalization'
  private readonly axes: readonly number[]
  private readonly isInverse: boolean
  private readonly given: { readonly mean: tf.TensorLike; readonly variance: tf.TensorLike } | undefined

  constructor(config: Config) {
    super(config)
    const { axis = -1, mean, variance } = config
    this.isInverse = config.invert === true
    this.axes = axis === null ? [] : ([axis].flat() as number[])
    this.given = mean == null ? undefined : { mean: mean as tf.TensorLike, variance: variance as tf.TensorLike }
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shape = Array.isArray(inputShape[0]) ? inputShape[0] : (inputShape as tfl.Shape)
    if (!this.given) {
      const kept = this.axes.map((axis) => shape.at(axis)!)
      for (const name of ['mean', 'variance']) this.addWeight(name, kept, 'float32', tfl.initializers.zeros())
      this.addWeight('count', [], 'int32', tfl.initializers.zeros())
    }
    this.built = true
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const x = single(inputs)
      const along = new Set(this.axes.map((axis) => (axis < 0 ? axis + x.rank : axis)))
      const shape = x.shape.map((size, i) => (along.has(i) ? size : 1))
      const [mean, variance] = this.given
        ? [tf.tensor(this.given.mean), tf.tensor(this.given.variance)]
        : this.getWeights()
      const spread = (values: tf.Tensor): tf.Tensor => (values.size === 1 ? values : tf.reshape(values, shape))
      const deviation = tf.maximum(tf.sqrt(spread(variance!)), EPSILON)
      return this.isInverse ? tf.add(tf.mul(x, deviation), spread(mean!)) : tf.div(tf.sub(x, spread(mean!)), deviation)
    })
  }

  override computeOutputShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape | tfl.Shape[] {
    return shape
  }
}

/** What Keras divides by at least. */
const EPSILON = 1e-7

const AUGMENTATIONS = [
  ...['AugMix', 'CutMix', 'MixUp', 'RandAugment', 'RandomBrightness', 'RandomColorDegeneration', 'RandomColorJitter'],
  ...['RandomContrast', 'RandomElasticTransform', 'RandomErasing', 'RandomFlip', 'RandomGaussianBlur'],
  ...['RandomGrayscale', 'RandomHue', 'RandomInvert', 'RandomPerspective', 'RandomPosterization', 'RandomRotation'],
  ...['RandomSaturation', 'RandomSharpness', 'RandomShear', 'RandomTranslation', 'RandomZoom'],
]

/** Layers that change nothing in a trained model. */
export const PASSING_LAYERS: readonly string[] = [
  ...AUGMENTATIONS,
  ...['ActivityRegularization', 'Identity', 'SpatialDropout2D'],
]

type Class = new (config: Config) => tfl.layers.Layer

/** A class of TensorFlow.js, which exports functions only. */
const classOf = (name: string): Class =>
  tf.serialization.SerializationMap.getMap().classNameMap[name]![0] as unknown as Class

/** A global pooling with the option `keepdims`, which TensorFlow.js passes over: MobileNets of `keras.applications` have it. */
function globalPool(className: string, reduce: typeof tf.mean | typeof tf.max): LayerClass {
  return class extends classOf(className) {
    static className = className
    private readonly keepsAxes: boolean

    constructor(config: Config) {
      super(config)
      this.keepsAxes = config.keepdims === true
    }

    override call(inputs: tf.Tensor | tf.Tensor[], options: object): tf.Tensor | tf.Tensor[] {
      return this.keepsAxes ? reduce(single(inputs), [1, 2], true) : super.call(inputs, options)
    }

    override computeOutputShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape | tfl.Shape[] {
      const [n, channels] = super.computeOutputShape(shape) as [number | null, number | null]
      return this.keepsAxes ? [n, 1, 1, channels] : [n, channels]
    }
  } as unknown as LayerClass
}

/** A rectifier with the options of Keras: `slope · (x - threshold)` below the threshold, `max_value` at most. */
class ReLU extends classOf('ReLU') {
  static className = 'ReLU'
  private readonly options: { readonly slope: number; readonly threshold: number; readonly most: number | null }

  constructor(config: Config) {
    super(config)
    const { negativeSlope, threshold, maxValue } = config as Readonly<Record<string, number | null | undefined>>
    this.options = { slope: negativeSlope ?? 0, threshold: threshold ?? 0, most: maxValue ?? null }
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: object): tf.Tensor | tf.Tensor[] {
    const { slope, threshold, most } = this.options
    if (slope === 0 && threshold === 0) return super.call(inputs, options)
    return tf.tidy(() => {
      const x = single(inputs)
      const y = tf.where(tf.greaterEqual(x, threshold), x, tf.mul(tf.sub(x, threshold), slope))
      return most === null ? y : tf.minimum(y, most)
    })
  }
}

/** Resizes to pixels' centres, as Keras does; TensorFlow.js aligns the corners, and loses the axis of images from the shape. */
class Resizing extends classOf('Resizing') {
  static className = 'Resizing'
  private readonly size: [number, number]
  private readonly resize: typeof tf.image.resizeBilinear

  constructor(config: Config) {
    super(config)
    this.size = [config.height as number, config.width as number]
    this.resize = resizeBy(config.interpolation)
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.resize(single(inputs) as tf.Tensor4D, this.size, false, true)
  }

  override computeOutputShape(shape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    const [n, , , channels] = shape as tfl.Shape
    return [n!, ...this.size, channels!]
  }
}

/** Enlarges around pixels' centres, as Keras does; for nearest neighbours that is no difference. */
class UpSampling2D extends classOf('UpSampling2D') {
  static className = 'UpSampling2D'
  private readonly isBilinear: boolean

  constructor(config: Config) {
    super(config)
    this.isBilinear = config.interpolation === 'bilinear'
  }

  override call(inputs: tf.Tensor | tf.Tensor[], options: object): tf.Tensor | tf.Tensor[] {
    if (!this.isBilinear) return super.call(inputs, options)
    const x = single(inputs) as tf.Tensor4D
    const [, height, width] = this.computeOutputShape(x.shape) as [number, number, number]
    return tf.image.resizeBilinear(x, [height, width], false, true)
  }
}

const resizeBy = (interpolation: unknown) =>
  interpolation === 'nearest' ? tf.image.resizeNearestNeighbor : tf.image.resizeBilinear

/** Layers of TensorFlow.js 4.22 that pass over options of Keras models, or compute something else. */
export const MENDED_LAYERS: readonly LayerClass[] = [
  globalPool('GlobalAveragePooling2D', tf.mean),
  globalPool('GlobalMaxPooling2D', tf.max),
  ...([ReLU, Resizing, UpSampling2D] as unknown as LayerClass[]),
]

/** Layers of Keras models that TensorFlow.js 4.22 does not have. */
export const KERAS_LAYERS: readonly LayerClass[] = [
  ...PASSING_LAYERS.map(passing),
  Normalization as unknown as LayerClass,
]
