import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import type { ImageBatch } from './image-batch.js'
import type { Preprocessing, PreprocessingPreset, PreprocessingSteps, Resize } from './model-spec.js'
import { createResizer } from './preprocessing-resize.js'

/** A differentiable step from pixels in [0, 1] to what the network was trained on. */
export interface Preprocessor {
  /** Size of the images that it takes. */
  readonly input: ImageSize
  /** Borrows images of that size; the result, of the size of the network's input, is the caller's. */
  apply(images: tf.Tensor4D): tf.Tensor4D
  /** The part of {@link apply} that changes sizes, in main memory; images of the right size come back as they are. */
  resizeOnHost(images: ImageBatch): ImageBatch
  /** The rest of {@link apply}, pixel by pixel, for images of any size. */
  applyToPixels(images: tf.Tensor4D): tf.Tensor4D
  dispose(): void
}

/** Size of one image. */
export interface ImageSize {
  readonly height: number
  readonly width: number
  readonly channels: number
}

const STEPS: readonly string[] = [
  'resize',
  'channelOrder',
  'scale',
  'mean',
  'std',
] satisfies (keyof PreprocessingSteps)[]

type Resolved = Required<Omit<PreprocessingSteps, 'preset' | 'resize'>> & { readonly resize?: Resize }

const PLAIN = { channelOrder: 'rgb', scale: 1, mean: [0], std: [1] } as const

const PRESETS: Readonly<Record<PreprocessingPreset, Resolved>> = {
  none: PLAIN,
  'imagenet-torch': { ...PLAIN, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  'keras-caffe': { ...PLAIN, channelOrder: 'bgr', scale: 255, mean: [103.939, 116.779, 123.68] },
  '[-1,1]': { ...PLAIN, mean: [0.5], std: [0.5] },
}

/**
 * Checks a preprocessing and prepares it for a network.
 * @param network Size of the network's input.
 * @throws VatunError `bad-input` for an unknown preset and values that do not fit.
 */
export function createPreprocessor(preprocessing: Preprocessing, network: ImageSize): Preprocessor {
  const { resize, channelOrder, scale, mean, std } = check(resolve(preprocessing), network)
  const resizer = resize && createResizer(resize, network)
  const divisors = std.map((s) => s / scale)
  const shift = constant(
    mean.map((m) => m / scale),
    0,
  )
  const divisor = constant(divisors, 1)
  const applyToPixels = (images: tf.Tensor4D): tf.Tensor4D =>
    tf.tidy(() => tf.clone(pixelSteps(images, channelOrder, shift, divisor)))
  return {
    input: resize ? { height: resize.height, width: resize.width, channels: network.channels } : network,
    apply: (images) => tf.tidy(() => applyToPixels(resizer ? resizer.apply(images) : images)),
    resizeOnHost: (images) => (resizer ? resizer.applyOnHost(images) : images),
    applyToPixels,
    dispose: () => {
      resizer?.dispose()
      tf.dispose([shift, divisor].filter((t) => t !== undefined))
    },
  }
}

function pixelSteps(
  images: tf.Tensor4D,
  order: Resolved['channelOrder'],
  shift: tf.Tensor1D | undefined,
  divisor: tf.Tensor1D | undefined,
): tf.Tensor4D {
  const ordered = order === 'bgr' ? tf.reverse(images, 3) : images
  const shifted = shift ? tf.sub<tf.Tensor4D>(ordered, shift) : ordered
  return divisor ? tf.div<tf.Tensor4D>(shifted, divisor) : shifted
}

/** The values on the device, unless they change nothing. */
function constant(values: readonly number[], neutral: number): tf.Tensor1D | undefined {
  if (values.every((v) => v === neutral)) return undefined
  return tf.tidy(() => tf.keep(tf.tensor1d([...values])))
}

function resolve(preprocessing: Preprocessing): Resolved {
  if (typeof preprocessing === 'string') return preset(preprocessing)
  const { preset: name = 'none', ...given } = preprocessing
  const unknown = Object.keys(given).filter((key) => !STEPS.includes(key))
  if (unknown.length > 0) throw wrong(`no step ${unknown.join(', ')}, expected some of preset, ${STEPS.join(', ')}`)
  return { ...preset(name), ...given }
}

function preset(name: string): Resolved {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PreprocessingPreset]
  const names = Object.keys(PRESETS)
  throw wrong(`no preset "${name}", expected one of ${names.join(', ')} or an object of steps`, { presets: names })
}

function check(steps: Resolved, { channels }: ImageSize): Resolved {
  const { channelOrder, scale, mean, std } = steps
  if (!(Number.isFinite(scale) && scale > 0)) throw wrong(`scale is ${scale}, expected a positive number`)
  if (channelOrder !== 'rgb' && channelOrder !== 'bgr')
    throw wrong(`channelOrder is "${channelOrder}", expected "rgb" or "bgr"`)
  if (channelOrder === 'bgr' && channels !== 3)
    throw wrong(`channelOrder "bgr" needs 3 channels, the network takes ${channels}`)
  checkValues('mean', mean, channels, 'finite', Number.isFinite)
  checkValues('std', std, channels, 'positive', (v) => Number.isFinite(v) && v > 0)
  return steps
}

function checkValues(
  name: string,
  values: readonly number[],
  channels: number,
  kind: string,
  isValid: (value: number) => boolean,
): void {
  if (!Array.isArray(values)) throw wrong(`${name} is ${JSON.stringify(values)}, expected a list of numbers`)
  if (values.length !== 1 && values.length !== channels)
    throw wrong(`${name} has ${values.length} entries, expected one per channel, ${channels}`)
  if (!values.every(isValid)) throw wrong(`${name} is [${values.join(', ')}], expected ${kind} numbers`)
}

function wrong(problem: string, details: Record<string, unknown> = {}): VatunError {
  return new VatunError('bad-input', `preprocessing: ${problem}`, { details })
}
