import type { Classifier } from '@vatun/core'
import { expect } from 'vitest'
import { largestDifference, relativeError } from '../golden.test.data.js'
import { openOnnx } from '../index.js'
import { openOnnxNative } from './index.js'

/** Opens a model on both engines, and closes it. */
export async function compare(
  model: Uint8Array | string,
  options: Parameters<typeof openOnnxNative>[1],
  check: (native: Classifier, onTfjs: Classifier) => Promise<void>,
): Promise<void> {
  const native = await openOnnxNative(model, options)
  const onTfjs = await openOnnx(model, options)
  try {
    await check(native, onTfjs)
  } finally {
    native.dispose()
    onTfjs.dispose()
  }
}

/** Logits, probabilities and all taps are the same on both engines. */
export async function expectSame(native: Classifier, onTfjs: Classifier, images: Parameters<Classifier['predict']>[0]) {
  const taps = native.info.layers.map(({ name }) => ({ layer: name, reduce: 'none' }) as const)
  const [found, expected] = [await native.predict(images, taps), await onTfjs.predict(images, taps)]
  expect(relativeError(found.logits, expected.logits)).toBeLessThan(1e-5)
  expect(largestDifference(found.probabilities, expected.probabilities)).toBeLessThan(1e-5)
  for (const [i, tap] of expected.taps.entries()) {
    expect(found.taps[i]!.shape).toEqual(tap.shape)
    expect(relativeError(found.taps[i]!.data, tap.data), taps[i]!.layer).toBeLessThan(1e-5)
  }
}
