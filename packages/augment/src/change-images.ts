import * as tf from '@tensorflow/tfjs-core'
import { type AugmentationStep, type ImageBatch, type Pipeline, toTensor, VatunError } from '@vatun/core'
import { applyPipeline } from './apply-pipeline.js'
import { applyStep } from './apply-step.js'
import type { Augmentation, AugmentationContext } from './augmentation.js'
import { type HostImages, isNearby, toHostImages } from './host-pixels.js'
import { builtIn, readValues } from './registry.js'

/** Images where they are: in main memory, or as float32 `[n, height, width, channels]` in [0, 1] on a device. */
export type Images = ImageBatch | tf.Tensor4D

/** Whether images that are in main memory are best changed there. */
export function changesOnHost(augmentation: Augmentation): boolean {
  return augmentation.applyOnHost !== undefined && (isNearby() || augmentation.onHostOnly === true)
}

/**
 * Changes images in main memory by an augmentation that can.
 *
 * @throws VatunError `bad-input` for a number of channels that it does not take
 */
export function changeHostImages(
  augmentation: Augmentation,
  images: HostImages,
  values: Readonly<Record<string, unknown>>,
  context: AugmentationContext,
): HostImages {
  const { name, channels } = augmentation
  if (channels && !channels.includes(images.channels))
    throw new VatunError(
      'bad-input',
      `${name}: images have ${images.channels} channel${images.channels === 1 ? '' : 's'}, expected ${channels.join(' or ')}`,
    )
  return { ...images, data: augmentation.applyOnHost!(images, values, context) }
}

/**
 * Applies the steps of a pipeline to images in main memory, where they stay as long as that is the best place: on the cpu and wasm backends
 * for what has a form for it, on devices for what would be read back from there.
 *
 * @param images Borrowed; an empty pipeline gives them back as they are.
 * @param context As of `applyPipeline`.
 * @returns For {@link disposeImages}.
 * @throws VatunError as `applyPipeline`.
 */
export function changeImages(images: ImageBatch, pipeline: Pipeline, context: AugmentationContext = {}): Images {
  const registry = context.registry ?? builtIn
  const steps = pipeline.map((step) => {
    const augmentation = registry.find(step.name)
    return { step, augmentation, values: readValues(augmentation, step) }
  })
  const first = steps.findIndex(({ augmentation }) => !changesOnHost(augmentation))
  const onHost = first < 0 ? steps : steps.slice(0, first)
  let changed: HostImages | undefined
  for (const { augmentation, values } of onHost)
    changed = changeHostImages(augmentation, changed ?? toHostImages(images), values, context)
  const rest = steps.slice(onHost.length).map(({ step }) => step)
  if (rest.length === 0) return changed ?? images
  return tf.tidy(() => applyPipeline(toTensor(changed ?? images), rest, context))
}

/** One step of {@link changeImages}, giving the event loop turns where it takes long. @throws The signal's reason when it is aborted. */
export async function changeStepwise(
  images: ImageBatch,
  augmentation: Augmentation,
  step: AugmentationStep,
  context: AugmentationContext,
  signal: AbortSignal,
): Promise<Images> {
  if (changesOnHost(augmentation)) return changeImages(images, [step], context)
  const uploaded = toTensor(images)
  try {
    return await applyStep(augmentation, uploaded, step, context, signal)
  } finally {
    uploaded.dispose()
  }
}

/** As a tensor; call it inside `tf.tidy`. */
export function tensorOf(images: Images): tf.Tensor4D {
  return images instanceof tf.Tensor ? images : toTensor(images)
}

/** Frees what is on a device. */
export function disposeImages(images: Images): void {
  if (images instanceof tf.Tensor) images.dispose()
}
