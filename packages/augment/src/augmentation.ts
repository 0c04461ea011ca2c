import type * as tf from '@tensorflow/tfjs-core'
import type { Axis, Classifier } from '@vatun/core'
import type { Registry } from './create-registry.js'
import type { HostImages } from './host-pixels.js'

/** A magnitude. `integer` takes whole numbers only. */
export interface NumberParameter {
  readonly kind: 'number' | 'integer'
  readonly name: string
  readonly label: string
  /** For people: `°`, `px`; empty for a plain number. */
  readonly unit: string
  readonly min: number
  readonly max: number
  /** Taken when the step does not give the parameter. */
  readonly default?: number
  readonly optional?: true
  /** Fractions such as `'8/255'` are read as well. */
  readonly fractions?: true
}

/** One of a few words. */
export interface ChoiceParameter {
  readonly kind: 'choice'
  readonly name: string
  readonly label: string
  readonly options: readonly string[]
  readonly default?: string
}

/** A list of 0-based positions. */
export interface PositionsParameter {
  readonly kind: 'positions'
  readonly name: string
  readonly label: string
  readonly optional: true
}

/** Values in [0, 1]: one number for all channels, or a list with one for each. */
export interface ColorParameter {
  readonly kind: 'color'
  readonly name: string
  readonly label: string
  readonly default?: Color
}

/** One value in [0, 1] for all channels, or one for each. */
export type Color = number | readonly number[]

/** What a step of a pipeline may say beside its name. JSON-serialisable, so that a page can build controls from it. */
export type Parameter = NumberParameter | ChoiceParameter | PositionsParameter | ColorParameter

type ValueOf<P extends Parameter> = P extends ChoiceParameter
  ? P['options'][number]
  : P extends PositionsParameter
    ? readonly number[] | undefined
    : P extends ColorParameter
      ? Color
      : P extends { readonly optional: true }
        ? number | undefined
        : number

/** Checked parameters of a step, defaults filled in. */
export type ValuesOf<Ps extends readonly Parameter[]> = { readonly [P in Ps[number] as P['name']]: ValueOf<P> }

/** What attacks need beside the images. */
export interface AugmentationContext {
  /** Needs `differentiable` for attacks. */
  readonly classifier?: Classifier
  /** `[n]` true class indices; without them an attack starts from the model's own predictions. */
  readonly labels?: ArrayLike<number>
  /**
   * `[n]` whole numbers that tell images apart, for instance data set indices: what seeds draw belongs to an image, wherever in a batch
   * it is. Without them its position in the batch counts.
   */
  readonly ids?: ArrayLike<number>
  /** Where the names of steps are looked up; the built-in ones by default. */
  readonly registry?: Registry
}

/** A change of images that pipelines can name. */
export interface Augmentation<Values = Readonly<Record<string, unknown>>> {
  readonly name: string
  /** For people: `Rotation`. */
  readonly label: string
  readonly parameters: readonly Parameter[]
  /** The change along its magnitude, for sliders, sweeps and simulations. Built-in changes have theirs in the catalogue of axes. */
  readonly axis?: Axis
  /** What a person should know before trusting a result: how the change departs from what its name says elsewhere. */
  readonly note?: string
  /** Tells apart what has the same name but does something else, so that stored results of the one are not taken for those of the other. */
  readonly revision?: string
  /** Whether the context has to hold a differentiable classifier. */
  readonly needsClassifier: boolean
  /** Numbers of channels of the images it takes; absent: any. Grey, for instance, has no hue. */
  readonly channels?: readonly number[]
  /**
   * Work that depends on the images but not on the magnitude, done once for a whole series of magnitudes.
   * @returns Tensor owned by the caller, to be handed to {@link Augmentation.apply}.
   */
  prepare?(images: tf.Tensor4D, values: Values, context: AugmentationContext): tf.Tensor4D
  /**
   * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
   * @param values Checked parameters.
   * @param prepared Result of {@link Augmentation.prepare} for the same images, borrowed; computed here when absent.
   * @returns Tensor of the same shape and range, owned by the caller.
   */
  apply(images: tf.Tensor4D, values: Values, context: AugmentationContext, prepared?: tf.Tensor4D): tf.Tensor4D
  /**
   * The same as {@link Augmentation.apply} for images in main memory, where the cpu and wasm backends compute: simulations, sweeps and predictions
   * of images that are there then do without a tensor.
   * @param images Borrowed.
   * @returns As many values in [0, 1]; those of the images themselves where nothing changes.
   */
  applyOnHost?(images: HostImages, values: Values, context: AugmentationContext): Float32Array
  /** Whether {@link Augmentation.apply} reads images back, so that wherever they are in main memory they are changed there, on any backend. */
  readonly onHostOnly?: true
  /**
   * The same as {@link Augmentation.apply} for what takes long: gives the event loop a turn between its iterations.
   * @throws The signal's reason when it is aborted; nothing is left behind.
   */
  applyStepwise?(
    images: tf.Tensor4D,
    values: Values,
    context: AugmentationContext,
    signal: AbortSignal,
  ): Promise<tf.Tensor4D>
}

/** Ties the types of the parameters to the functions that read them. */
export function defineAugmentation<const Ps extends readonly Parameter[]>(
  definition: Omit<Augmentation<ValuesOf<Ps>>, 'parameters' | 'needsClassifier'> & {
    readonly parameters: Ps
    readonly needsClassifier?: true
  },
): Augmentation {
  // The registry hands `apply` only what `readValues` made from the same parameters.
  return { needsClassifier: false, ...definition } as unknown as Augmentation
}
