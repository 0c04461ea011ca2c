import { VatunError } from '@vatun/core'
import type { AugmentationContext } from './augmentation.js'
import { seededNormal, seededRandom } from './seeded-random.js'

/** What tells images apart: {@link AugmentationContext.ids}. */
export type Ids = AugmentationContext['ids']

/** Numbers for `[n, height, width, channels]` images. Each image has its own stream, so that the batch it is in does not matter. */
type Field = (shape: readonly number[], seed: number, ids: Ids, where: string) => Float32Array

/** Uniform in [0, 1). */
export const uniformField: Field = (shape, seed, ids, where) => field(seededRandom, shape, seed, ids, where)

/** Of the standard normal distribution. */
export const normalField: Field = (shape, seed, ids, where) => field(seededNormal, shape, seed, ids, where)

/** The number that tells an image of a batch apart: its id, or else its position. */
export function idOf(ids: Ids, position: number): number {
  return ids?.[position] ?? position
}

/** @throws VatunError `bad-input` unless there is one id for each image, or none at all */
export function checkIds(ids: Ids, n: number, where: string): void {
  if (ids && ids.length !== n)
    throw new VatunError('bad-input', `${where}: ${ids.length} ids for ${n} images, expected one for each`)
}

function field(
  stream: (...keys: readonly number[]) => () => number,
  [n, ...rest]: readonly number[],
  seed: number,
  ids: Ids,
  where: string,
): Float32Array {
  checkIds(ids, n!, where)
  const size = rest.reduce((a, b) => a * b, 1)
  const values = new Float32Array(n! * size)
  for (let image = 0; image < n!; image++) {
    const next = stream(seed, idOf(ids, image))
    for (let i = image * size; i < (image + 1) * size; i++) values[i] = next()
  }
  return values
}
