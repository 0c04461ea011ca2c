import type { Dataset } from '@vatun/core'
import { decode } from 'fast-png'
import { expect, it } from 'vitest'
import { drawThumbnails, readSheet } from './thumbnails.js'

/** Image `i` has the red of `i`, and green on its right half. */
function dataset(length: number, height: number, width: number): Dataset {
  const image = (i: number) => Array.from({ length: height * width }, (_, p) => [i, p % width < width / 2 ? 0 : 200, 0])
  return {
    name: 'set',
    length,
    classNames: ['a'],
    hash: 'aa',
    label: () => 0,
    images: async (indices) => ({
      data: Uint8Array.from(indices.flatMap((i) => image(i).flat())),
      n: indices.length,
      height,
      width,
      channels: 3,
    }),
  }
}

it('puts every image at its place, reduced, and is found again in the picture', async () => {
  const indices = Array.from({ length: 40 }, (_, i) => 39 - i)
  const drawn = await drawThumbnails(dataset(40, 66, 130), indices, new AbortController().signal)
  expect(drawn.sheet).toEqual({
    tileWidth: 43,
    tileHeight: 22,
    columns: 32,
    rows: 2,
    indices: Int32Array.from(indices),
  })
  expect(readSheet(drawn.png, indices)).toEqual(drawn)
  const { data, width } = decode(drawn.png)
  const pixel = (k: number, x: number, y: number) => {
    const at = (((k >> 5) * 22 + y) * width + (k % 32) * 43 + x) * 3
    return Array.from(data.subarray(at, at + 3))
  }
  for (const [k, i] of indices.entries())
    expect([pixel(k, 0, 0), pixel(k, 42, 21)]).toEqual([
      [i, 0, 0],
      [i, 200, 0],
    ])
})
