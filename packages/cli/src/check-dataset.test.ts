import type { Dataset } from '@vatun/core'
import { expect, it } from 'vitest'
import { checkDataset } from './check-dataset.js'

const good: Dataset = {
  name: 'photos',
  length: 4,
  classNames: ['cat', 'dog'],
  hash: 'ab',
  label: (i) => i % 2,
  images: async (indices) => ({
    data: new Uint8Array(indices.length * 12),
    n: indices.length,
    height: 2,
    width: 2,
    channels: 3,
  }),
}
const images = (change: object) => ({
  ...good,
  images: async (indices: readonly number[]) => ({ ...(await good.images(indices)), ...change }),
})

it('hands on what is right, methods of a class included', async () => {
  class Photos {
    readonly name = 'photos'
    readonly length = 4
    readonly classNames = good.classNames
    readonly hash = 'ab'
    label(i: number): number {
      return this.classNames.length > 1 ? i % 2 : 0
    }
    images(indices: readonly number[]) {
      return good.images(indices.slice(0, this.length))
    }
  }
  const dataset = checkDataset(new Photos(), 'dataset')
  expect(dataset.label(3)).toBe(1)
  expect(await dataset.images([0, 1])).toEqual(await good.images([0, 1]))
})

it.each([
  [undefined, 'dataset: openDataset gives no data set'],
  [{ ...good, label: undefined, hash: '' }, 'gives a data set without hash, function label'],
  [{ ...good, length: 0 }, 'gives a data set without images'],
])('tells what is lacking', (given, message) => {
  expect(() => checkDataset(given, 'dataset')).toThrow(message)
})

it('tells which label is none', () => {
  const dataset = checkDataset({ ...good, label: (i: number) => (i === 2 ? undefined : 0) }, 'dataset')
  expect(dataset.label(1)).toBe(0)
  expect(() => dataset.label(2)).toThrow('photos: image 2 has the label undefined, expected 0 to 1')
})

it('tells which image of a batch is damaged', async () => {
  const read = async (indices: readonly number[]) => {
    if (indices.includes(3)) throw new Error('premature end of JPEG image')
    return good.images(indices)
  }
  const dataset = checkDataset({ ...good, images: read }, 'dataset')
  await expect(dataset.images([0, 1, 3])).rejects.toThrow(
    'photos: image 3 cannot be read (premature end of JPEG image)',
  )
})

it.each([
  [{ n: 1 }, 'photos: images gives n = 1 for 2 images'],
  [{ width: 3 }, 'photos, images: 24 values do not fill [2, 2, 3, 3], which needs 36'],
  [{ data: [0, 1] }, 'neither Uint8Array'],
])('tells that a batch is not what its shape says', async (change, message) => {
  await expect(checkDataset(images(change), 'dataset').images([0, 1])).rejects.toThrow(message)
})
