import * as tf from '@tensorflow/tfjs-core'
import { toVatunError, VatunError } from '@vatun/core'
import type { Augmentation } from './augmentation.js'

/** How far a value may leave [0, 1] by rounding. */
const rounding = 1e-5

/** Augmentations whose results need no look: the built-in ones, and those that look already. */
const trusted = new WeakSet<Augmentation>()

/** Exempts augmentations from {@link guard}. */
export function trust<T extends readonly Augmentation[]>(augmentations: T): T {
  for (const augmentation of augmentations) trusted.add(augmentation)
  return augmentations
}

/**
 * The same augmentation with a look at every result, so that a mistake in it becomes one sentence that names it and not a wrong curve: the
 * shape, and values in [0, 1] (not on WebGPU, which cannot be read without a long wait). What it leaves behind is freed.
 */
export function guard(augmentation: Augmentation): Augmentation {
  if (trusted.has(augmentation)) return augmentation
  const { name } = augmentation
  const guarded: Augmentation = {
    ...augmentation,
    apply: (images, values, context, prepared) =>
      tf.tidy(() => {
        const result = attempt(name, () => augmentation.apply(images, values, context, prepared))
        checkResult(result, images, name, values)
        return result === images ? tf.clone(images) : result
      }),
    ...(augmentation.prepare && {
      prepare: (images, values, context) =>
        tf.tidy(() => {
          const result = attempt(name, () => augmentation.prepare!(images, values, context))
          return result === images ? tf.clone(images) : result
        }),
    }),
    ...(augmentation.applyOnHost && {
      applyOnHost: (images, values, context) => {
        // A copy: what writes into its images would change them for the degrees that follow.
        const own = { ...images, data: images.data.slice() }
        const result = attempt(name, () => augmentation.applyOnHost!(own, values, context))
        if (!(result instanceof Float32Array) || result.length !== images.data.length)
          throw new VatunError(
            'bad-input',
            `augmentation "${name}": applyOnHost has to return ${images.data.length} floats`,
          )
        checkRange(result, `augmentation "${name}": applyOnHost`, values)
        return result
      },
    }),
    ...(augmentation.applyStepwise && {
      async applyStepwise(images, values, context, signal) {
        let result: tf.Tensor4D | undefined
        try {
          result = await augmentation.applyStepwise!(images, values, context, signal)
          checkResult(result, images, name, values)
          return result === images ? tf.clone(images) : result
        } catch (thrown) {
          if (result !== images) tf.dispose(result ?? [])
          throw signal.aborted ? thrown : toVatunError(thrown, `augmentation "${name}"`)
        }
      },
    }),
  }
  trusted.add(guarded)
  return guarded
}

function attempt<T>(name: string, run: () => T): T {
  try {
    return run()
  } catch (thrown) {
    throw toVatunError(thrown, `augmentation "${name}"`)
  }
}

/** @throws VatunError `bad-input` */
function checkResult(result: unknown, images: tf.Tensor4D, name: string, values: object): void {
  const where = `augmentation "${name}"`
  if (!(result instanceof tf.Tensor)) {
    const what = result instanceof Promise ? 'a promise' : result === undefined ? 'nothing' : 'no tensor'
    throw new VatunError('bad-input', `${where}: apply returns ${what}, expected a tensor`)
  }
  if (result.shape.join() !== images.shape.join() || result.dtype !== 'float32')
    throw new VatunError(
      'bad-input',
      `${where}: apply returns ${result.dtype} [${result.shape}] for images [${images.shape}], expected float32 of the same shape`,
    )
  if (tf.getBackend() === 'webgpu') return
  checkRange(result.dataSync(), `${where}: apply`, values)
}

/** @throws VatunError `bad-input` */
function checkRange(result: ArrayLike<number>, where: string, values: object): void {
  const wrong = firstOutside(result)
  if (wrong !== undefined)
    throw new VatunError(
      'bad-input',
      `${where} gives the value ${wrong} with ${JSON.stringify(values)}, expected 0 to 1, as tf.clipByValue makes them`,
    )
}

/** The first value that is no share. A plain loop is faster than `find`, and this is done for every batch. */
function firstOutside(values: ArrayLike<number>): number | undefined {
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (!(value >= -rounding && value <= 1 + rounding)) return value
  }
  return undefined
}
