import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from '@vatun/core'
import { applyStep } from './apply-step.js'
import type { Augmentation, AugmentationContext } from './augmentation.js'
import { createRegistry } from './create-registry.js'
import { readValues } from './read-values.js'

/**
 * Tries an augmentation of your own on some images, a black and a white one beside them, at every degree of its axis: values stay in [0, 1], the
 * same images give the same result, the identity changes nothing, and both forms are the same change.
 *
 * @param images float32 `[n, height, width, channels]` in [0, 1], borrowed.
 * @param context For attacks: the classifier.
 * @throws VatunError `bad-input` with the first thing that is wrong.
 */
export async function checkAugmentation(
  augmentation: Augmentation,
  images: tf.Tensor4D,
  context: AugmentationContext = {},
): Promise<void> {
  const { name, axis } = augmentation
  const guarded = createRegistry([augmentation]).find(name)
  const { signal } = new AbortController()
  const [n, ...size] = images.shape
  const all = tf.tidy(() => tf.concat([images, tf.zeros<tf.Rank.R4>([1, ...size]), tf.ones<tf.Rank.R4>([1, ...size])]))
  const ids = Array.from({ length: n + 2 }, (_, i) => i)
  const stepAt = (degree: number | undefined) =>
    axis && degree !== undefined ? { name, [axis.parameter]: degree } : { name }
  const at = async (degree: number | undefined) => {
    const changed = await applyStep(guarded, all, stepAt(degree), { ...context, ids }, signal)
    try {
      return await changed.data<'float32'>()
    } finally {
      changed.dispose()
    }
  }
  /** Both forms are of the same change. */
  const compareForms = async (degree: number | undefined, changed: Float32Array) => {
    if (!guarded.applyOnHost) return
    const [count, height, width, channels] = all.shape
    const batch = { data: await all.data<'float32'>(), n: count, height, width, channels }
    const host = guarded.applyOnHost(batch, readValues(guarded, stepAt(degree)), { ...context, ids })
    const furthest = host.reduce((most, value, i) => Math.max(most, Math.abs(value - changed[i]!)), 0)
    if (furthest > 1e-3)
      throw new VatunError(
        'bad-input',
        `augmentation "${name}": apply and applyOnHost are ${furthest.toPrecision(2)} apart${degree === undefined ? '' : ` at ${degree}`}, make both the same change`,
      )
  }
  try {
    if (!axis) await compareForms(undefined, await at(undefined))
    for (const degree of axis?.degrees ?? []) {
      const first = await at(degree)
      await compareForms(degree, first)
      const second = degree === axis!.degrees.at(-1) ? await at(degree) : first
      if (first.some((value, i) => value !== second[i]))
        throw new VatunError(
          'bad-input',
          `augmentation "${name}": the same images at ${degree} give two results, draw from a seed (seededRandom)`,
        )
    }
    if (!axis) return
    const [before, after] = [await all.data(), await at(axis.identity)]
    if (after.some((value, i) => Math.abs(value - before[i]!) > 1e-4))
      throw new VatunError(
        'bad-input',
        `augmentation "${name}": changes images at ${axis.identity}, which its axis says is the identity`,
      )
  } finally {
    all.dispose()
  }
}
