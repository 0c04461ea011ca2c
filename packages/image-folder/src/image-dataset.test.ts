import { copyFile, mkdir, mkdtemp, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { crc32, deflateSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createImageCache, recall, remember } from './image-cache.js'
import { createImageDataset, readImage } from './image-dataset.js'
import { readImageFolder } from './read-image-folder.js'

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
const classNames = ['cat', 'dog']
const input = { height: 16, width: 20, channels: 3 }

let photos: string
beforeEach(async () => {
  photos = await mkdtemp(join(tmpdir(), 'vatun-photos-'))
  for (const folder of classNames) await mkdir(join(photos, folder))
  await copyFile(fixture('colour.png'), join(photos, 'cat/a.png'))
  await copyFile(fixture('cmyk.jpg'), join(photos, 'cat/b.jpg'))
  await copyFile(fixture('gray.png'), join(photos, 'dog/c.png'))
})
afterEach(() => rm(photos, { recursive: true, force: true }))

const read = () => readImageFolder(photos, { classNames })

it('gives images and labels by index, in any order and more than once', async () => {
  const dataset = createImageDataset(await read(), input)
  expect(dataset).toMatchObject({ length: 3, classNames })
  expect([0, 1, 2].map((i) => dataset.label(i))).toEqual([0, 0, 1])
  expect(dataset.file?.(2)).toBe('dog/c.png')
  const { data, ...shape } = await dataset.images([2, 0, 2, 1])
  expect(shape).toEqual({ n: 4, height: 16, width: 20, channels: 3 })
  const alone = await Promise.all(
    ['dog/c.png', 'cat/a.png', 'dog/c.png', 'cat/b.jpg'].map((name) => readImage(join(photos, name), input)),
  )
  expect(Buffer.from(data).equals(Buffer.concat(alone.map((batch) => batch.data as Uint8Array)))).toBe(true)
  expect(() => dataset.label(3)).toThrow(/no image 3, it has 0 to 2/)
  await expect(dataset.images([-1])).rejects.toThrow(/no image -1/)
})

it('is another data set when contents, labels, fit or size differ, and the same under other names of files', async () => {
  const folder = await read()
  const hash = (changed = folder, size = input, options = {}) => createImageDataset(changed, size, options).hash
  const [first, ...rest] = folder.files
  const others = [
    hash(folder, { ...input, width: 21 }),
    hash(folder, { ...input, channels: 1 }),
    hash(folder, input, { fit: 'pad' }),
    hash(folder, input, { crop: 0.9 }),
    hash({ ...folder, files: [{ ...first!, label: 1 }, ...rest] }),
    hash({ ...folder, files: [{ ...first!, sha256: '00' }, ...rest] }),
    hash({ ...folder, files: rest }),
  ]
  expect(new Set([...others, hash()]).size).toBe(others.length + 1)
  expect(hash({ ...folder, path: '/else', files: [{ ...first!, name: 'cat/z.png' }, ...rest] })).toBe(hash())
})

it('says which file has gone or changed since it was looked at', async () => {
  const dataset = createImageDataset(await read(), input)
  await unlink(join(photos, 'cat/a.png'))
  await expect(dataset.images([1, 0])).rejects.toMatchObject({
    code: 'io',
    message: expect.stringMatching(/: cat\/a\.png has been removed since the start; start again/),
  })
  await copyFile(fixture('gray.png'), join(photos, 'cat/b.jpg'))
  await expect(dataset.images([1])).rejects.toThrow(/cat\/b\.jpg has been changed since the start/)
})

it('keeps an image once', () => {
  const cache = createImageCache(3, 4)
  const [first, second] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)]
  remember(cache, 0, first)
  remember(cache, 0, first)
  remember(cache, 2, second)
  remember(cache, 1, first)
  expect([0, 1, 2].map((i) => recall(cache, i, 2))).toEqual([first, undefined, second])
})

it('refuses an image that there is not, and a cache of another data set', async () => {
  const folder = await read()
  const dataset = createImageDataset(folder, input, { cache: createImageCache(3) })
  await dataset.images([0, 1, 2])
  for (const i of [3, -1, 1.5]) await expect(dataset.images([i])).rejects.toThrow(`no image ${i}, it has 0 to 2`)
  expect(() => createImageDataset(folder, input, { cache: createImageCache(4) })).toThrow(
    /the cache is for 4 images, and there are 3/,
  )
})

it('keeps images for all who share the memory, as long as there is room', async () => {
  const folder = await read()
  const size = 16 * 20 * 3
  const cache = createImageCache(3, 2 * size)
  const first = createImageDataset(folder, input, { cache })
  const second = createImageDataset(folder, input, { cache })
  const before = await first.images([0, 2, 1])
  await rm(photos, { recursive: true })
  const places = Array.from(new Int32Array(cache.places).subarray(0, 3))
  expect([...places].sort()).toEqual([0, 1, 2])
  for (const [i, at] of [0, 2, 1].entries()) {
    const wanted = before.data.subarray(i * size, (i + 1) * size)
    if (places[at]) expect((await second.images([at])).data).toEqual(wanted)
    else await expect(second.images([at])).rejects.toThrow(/has been removed/)
  }
})

/** A PNG of one bit a pixel, white on the left and black on the right. */
function halfWhite(width: number, height: number): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
    length.writeUInt32BE(data.length)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = 1
  const row = Buffer.alloc(1 + width / 8).fill(0xff, 1, 1 + width / 16)
  const rows = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))])
}

it('opens images of one pixel and of 48 million', async () => {
  await copyFile(fixture('one-pixel.png'), join(photos, 'cat/a.png'))
  await writeFile(join(photos, 'cat/b.jpg'), halfWhite(8000, 6000))
  const dataset = createImageDataset(await read(), input, { fit: 'pad' })
  const { data } = await dataset.images([0, 1])
  const pixel = (image: number, x: number, y: number) => {
    const at = ((image * 16 + y) * 20 + x) * 3
    return Array.from(data.subarray(at, at + 3))
  }
  expect([pixel(0, 1, 8), pixel(0, 2, 0), pixel(0, 17, 15), pixel(0, 18, 8)]).toEqual([
    [0, 0, 0],
    [10, 200, 90],
    [10, 200, 90],
    [0, 0, 0],
  ])
  expect([pixel(1, 4, 8), pixel(1, 15, 8)]).toEqual([
    [255, 255, 255],
    [0, 0, 0],
  ])
})
