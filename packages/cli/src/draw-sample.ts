import { VatunError } from '@vatun/core'

/**
 * Draws images for an analysis: as equally many of every class as there are, seeded, in an order in which classes take turns, so
 * that any prefix is already a fair sample. Within a class the order is a seeded shuffle (Fisher and Yates).
 *
 * @param labels Class index of every image.
 * @param count Images to draw, at most as many as there are.
 * @returns data set indices
 */
export function drawStratified(labels: ArrayLike<number>, classes: number, count: number, seed: number): number[] {
  if (!Number.isInteger(count) || count < 1)
    throw new VatunError(
      'bad-input',
      `images: ${count} is not a number of images, expected a whole number of at least 1`,
    )
  if (count > labels.length)
    throw new VatunError(
      'bad-input',
      `images: ${count} asked for, the data set has ${labels.length}; ask for at most that many`,
    )
  const random = mulberry32(seed)
  const byClass: number[][] = Array.from({ length: classes }, () => [])
  for (let i = 0; i < labels.length; i++) {
    const own = byClass[labels[i]!]
    if (!own)
      throw new VatunError(
        'bad-input',
        `images: image ${i} has label ${labels[i]}, the model knows classes 0 to ${classes - 1}`,
      )
    own.push(i)
  }
  for (const own of byClass)
    for (let i = own.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1))
      ;[own[i], own[j]] = [own[j]!, own[i]!]
    }
  const drawn: number[] = []
  for (let round = 0; drawn.length < count; round++)
    for (const own of byClass) {
      const index = own[round]
      if (index !== undefined && drawn.length < count) drawn.push(index)
    }
  return drawn
}

/** Small seeded generator of numbers in [0, 1) with a period of 2³² (Tommy Ettinger's mulberry32). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 15), z | 1)
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61)
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32
  }
}
