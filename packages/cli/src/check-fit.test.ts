import type { ClassifierInfo, Dataset } from '@vatun/core'
import { expect, it } from 'vitest'
import { checkFit } from './check-fit.js'

const thousand = Array.from({ length: 1000 }, (_, i) => `class ${i}`)
const model = (classNames: readonly string[]) =>
  ({ name: 'net', classNames, input: { height: 2, width: 3, channels: 1 } }) as ClassifierInfo
const photos = (classNames: readonly string[], width = 3): Dataset => ({
  name: 'photos',
  length: 1,
  classNames,
  hash: 'ab',
  label: () => 0,
  images: async () => ({ data: new Uint8Array(2 * width), n: 1, height: 2, width, channels: 1 }),
})

it('accepts images and classes of the model', async () => {
  await expect(checkFit(model(thousand), photos(thousand))).resolves.toBeUndefined()
})

it('tells what is different, of a thousand classes the first', async () => {
  await expect(checkFit(model(thousand), photos(thousand, 4))).rejects.toThrow(
    'photos: images are 4 × 2 with 1 channel',
  )
  await expect(checkFit(model(thousand), photos(thousand.slice(1)))).rejects.toThrow(
    'photos: has 999 classes, net has 1000; give both the same names in the same order',
  )
  await expect(checkFit(model(thousand), photos(thousand.with(7, 'a, b')))).rejects.toThrow(
    'photos: its class 7 is "a, b", that of net is "class 7"; give both the same names in the same order',
  )
})
