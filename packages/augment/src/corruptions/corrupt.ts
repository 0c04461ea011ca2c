import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { jpeg } from '../augmentations/jpeg.js'
import { checkImages } from '../check.js'
import { checkIds, type Ids } from '../noise-field.js'
import * as color from './color.js'
import { type CorruptionConstants, cifarConstants, imageNetConstants } from './constants.js'
import { type CorruptionName, corruptionNames } from './corruption-names.js'
import { defocusBlur } from './defocus-blur.js'
import type { Corrupt } from './draw.js'
import { elasticTransform } from './elastic-transform.js'
import { fog } from './fog.js'
import { frost } from './frost.js'
import { glassBlur } from './glass-blur.js'
import { motionBlur } from './motion-blur.js'
import * as noise from './noise.js'
import { pixelate } from './pixelate.js'
import { snow } from './snow.js'
import { spatter } from './spatter.js'
import { gaussianBlur, zoomBlur } from './zoom-blur.js'

/** Which published constants: those of CIFAR-10-C, of ImageNet-C, or by the size of the images; see {@link constantsFor}. */
export type CorruptionScale = 'auto' | 'cifar' | 'imagenet'

/** How {@link corrupt} draws and which constants it takes. */
export interface CorruptOptions {
  /** Of the draws; 0 by default. */
  readonly seed?: number
  /** `[n]` whole numbers that tell images apart; by default their positions. */
  readonly ids?: Ids
  /** `auto` by default. */
  readonly scale?: CorruptionScale
}

/** Images whose smaller side is at most this take the constants of CIFAR-10-C. */
const smallSide = 64

/** The constants for images of this size: with `auto`, those of CIFAR-10-C up to a smaller side of 64 pixels, else those of ImageNet-C. */
export function constantsFor(height: number, width: number, scale: CorruptionScale = 'auto'): CorruptionConstants {
  const small = scale === 'cifar' || (scale === 'auto' && Math.min(height, width) <= smallSide)
  return small ? cifarConstants : imageNetConstants
}

type ConstantOf<N extends CorruptionName> = CorruptionConstants[N][number]

const functions: { readonly [N in CorruptionName]: Corrupt<ConstantOf<N>> } = {
  gaussian_noise: noise.gaussian,
  shot_noise: noise.shot,
  impulse_noise: noise.impulse,
  defocus_blur: defocusBlur,
  glass_blur: glassBlur,
  motion_blur: motionBlur,
  zoom_blur: zoomBlur,
  snow,
  frost,
  fog,
  brightness: color.brightness,
  contrast: color.contrast,
  elastic_transform: elasticTransform,
  pixelate,
  jpeg_compression: (images, quality) => jpeg(images, quality),
  speckle_noise: noise.speckle,
  gaussian_blur: gaussianBlur,
  spatter,
  saturate: color.saturate,
}

/**
 * A corruption of ImageNet-C / CIFAR-10-C (Hendrycks & Dietterich 2019) for images of any size.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed. `saturate` needs three channels, `jpeg_compression` one or three.
 * @param severity Whole number 1 … 5; 0 changes nothing.
 * @returns Tensor of the same shape in [0, 1], owned by the caller.
 * @throws VatunError `not-found` for an unknown name, `bad-input` for another severity.
 */
export function corrupt(
  images: tf.Tensor4D,
  name: CorruptionName,
  severity: number,
  options: CorruptOptions = {},
): tf.Tensor4D {
  checkImages(images, 'corrupt')
  if (!corruptionNames.includes(name))
    throw new VatunError('not-found', `corrupt: no corruption "${name}", expected one of ${corruptionNames.join(', ')}`)
  if (!(Number.isInteger(severity) && severity >= 0 && severity <= 5))
    throw new VatunError('bad-input', `corrupt: severity is ${severity}, expected a whole number from 0 to 5`)
  const { seed = 0, ids, scale = 'auto' } = options
  const [n, height, width] = images.shape
  checkIds(ids, n, 'corrupt')
  if (severity === 0 || images.size === 0) return tf.clone(images)
  const constants = constantsFor(height, width, scale)
  return tf.tidy(() => tf.clipByValue(apply(name, images, constants, severity, { seed, ids }), 0, 1))
}

function apply<N extends CorruptionName>(
  name: N,
  images: tf.Tensor4D,
  constants: CorruptionConstants,
  severity: number,
  draw: { readonly seed: number; readonly ids: Ids },
): tf.Tensor4D {
  const own: CorruptionConstants[N] = constants[name]
  return functions[name](images, own[severity - 1] as ConstantOf<N>, draw)
}
