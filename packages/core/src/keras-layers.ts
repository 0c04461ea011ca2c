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

/** `(x - mean) / sqrt(variance)` with statistics of the training data, which are weights, or numbers of the configuration. */
class Normalization extends tfl.layers.Layer {
  static className = 'Normalization'
  private readonly axes: readonly number[]
  private readonly given: { readonly mean: tf.TensorLike; readonly variance: tf.TensorLike } | undefined

  constructor(config: Config) {
    super(config)
    const { axis = -1, mean, variance } = config
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
      return tf.div(tf.sub(x, spread(mean!)), deviation)
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

type Pool = new (config: Config) => tfl.layers.Layer

/** A global pooling with the option `keepdims`, which TensorFlow.js passes over: MobileNets of `keras.applications` have it. */
function globalPool(plain: tfl.layers.Layer, reduce: typeof tf.mean | typeof tf.max): LayerClass {
  return class extends (plain.constructor as Pool) {
    static className = plain.getClassName()
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

/** Layers of TensorFlow.js 4.22 that pass over options of Keras models. */
export const mendedLayers = (): LayerClass[] => [
  globalPool(tfl.layers.globalAveragePooling2d({}), tf.mean),
  globalPool(tfl.layers.globalMaxPooling2d({}), tf.max),
]

/** Layers of Keras models that TensorFlow.js 4.22 does not have. */
export const KERAS_LAYERS: readonly LayerClass[] = [
  ...PASSING_LAYERS.map(passing),
  Normalization as unknown as LayerClass,
]
