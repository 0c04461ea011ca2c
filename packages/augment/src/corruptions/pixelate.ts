import * as tf from '@tensorflow/tfjs-core'
import { type LineMap, lineMap } from '@vatun/core'
import { mapLines } from '../separable.js'
import type { Corrupt } from './draw.js'

/** Shrinks to a share of width and height and enlarges again, both with Pillow's box filter; without rounding to whole levels in between. */
export const pixelate: Corrupt<number> = (images, share) =>
  tf.tidy(() => {
    const [, height, width] = images.shape
    const [low, narrow] = [height, width].map((size) => Math.max(1, Math.floor(size * share))) as [number, number]
    const small = mapLines(images, boxLine(height, low), boxLine(width, narrow))
    return mapLines(small, boxLine(low, height), boxLine(narrow, width))
  })

/** Means of the pixels whose centres lie in the window of each new one. */
function boxLine(size: number, newSize: number): LineMap {
  const ratio = size / newSize
  const scale = Math.max(1, ratio)
  return lineMap(newSize, size, (add) => {
    for (let i = 0; i < newSize; i++) {
      const centre = (i + 0.5) * ratio
      const first = Math.max(0, Math.floor(centre - scale / 2 + 0.5))
      const end = Math.min(size, Math.floor(centre + scale / 2 + 0.5))
      const members = Array.from({ length: end - first }, (_, k) => first + k).filter((j) => {
        const place = (j - centre + 0.5) / scale
        return place > -0.5 && place <= 0.5
      })
      for (const j of members) add(i, j, 1 / members.length)
    }
  })
}
