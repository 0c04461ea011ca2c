import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type ImageFolderOptions, readImageFolder } from './read-image-folder.js'

const classNames = ['cat', 'Great Dane', 'dog']
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))

let place: string
let photos: string
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'vatun images '))
  photos = join(place, 'photos')
  await mkdir(photos)
})
afterEach(() => rm(place, { recursive: true, force: true }))

/** Puts a picture to each of the places. */
async function put(names: readonly string[], picture = 'gray.jpg'): Promise<void> {
  for (const name of names) {
    await mkdir(dirname(join(photos, name)), { recursive: true })
    await copyFile(fixture(picture), join(photos, name))
  }
}

const read = (options: Partial<ImageFolderOptions> = {}) => readImageFolder(photos, { classNames, ...options })

async function readTable(table: string, options: Partial<ImageFolderOptions> = {}) {
  const labels = join(place, 'labels.csv')
  await writeFile(labels, table)
  return read({ labels, ...options })
}

const labelled = ({ files }: Awaited<ReturnType<typeof read>>) => files.map(({ name, label }) => `${name} ${label}`)

describe('a sub-folder for each class', () => {
  it('takes images at any depth, in the order of their names, by classes as they are written or nearly so', async () => {
    await put(['great_dane/b.jpg', 'great_dane/more/of it/a.JPEG', 'CAT/ä ö.jpg', 'dog/x.jpg', 'great-Dane/z.jpg'])
    const folder = await read()
    expect(labelled(folder)).toEqual([
      'CAT/ä ö.jpg 0',
      'dog/x.jpg 2',
      'great-Dane/z.jpg 1',
      'great_dane/b.jpg 1',
      'great_dane/more/of it/a.JPEG 1',
    ])
    expect(folder).toMatchObject({ name: 'photos', path: photos, classNames, notes: [] })
  })

  it('says what is left out, and which classes there are no images of', async () => {
    await put([
      'cat/a.jpg',
      'cat/.hidden.jpg',
      'cat/Thumbs.db',
      'cat/b.txt',
      'c.txt',
      '.git/x.jpg',
      'lone.jpg',
      '.DS_Store',
    ])
    const { files, notes } = await read()
    expect(files.map(({ name }) => name)).toEqual(['cat/a.jpg'])
    expect(notes).toEqual([
      'left out 1 image beside the folders of the classes',
      'left out what is no image: 2 .txt, 1 .DS_Store, 1 .hidden.jpg, 1 .db',
      'no images of 2 of 3 classes: Great Dane, dog',
    ])
  })

  it('names the folders that fit no class, with the class that may be meant', async () => {
    await put(['cta/a.jpg', 'dog/a.jpg', 'misc/a.jpg'])
    await mkdir(join(photos, 'empty'))
    await expect(read()).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'dataset photos: 2 folders are no class of the model: "cta" (perhaps "cat"?), "misc"; rename or map them in "classes" (its classes are cat, Great Dane, dog)',
    })
    const folder = await read({ classes: { cta: 'cat', misc: null } })
    expect(labelled(folder)).toEqual(['cta/a.jpg 0', 'dog/a.jpg 2'])
    expect(folder.notes[0]).toBe('left out 1 image of folders that "classes" maps to null')
    await expect(read({ classes: { cta: 'catt', misc: null } })).rejects.toThrow(
      /classes: "cta" is to be "catt", perhaps "cat" is meant, which is no class of the model; give a name, a number from 0 to 2,/,
    )
    await expect(read({ classes: { cta: 3 } })).rejects.toThrow(/"cta" is to be 3, which is no class/)
  })

  it('tells classes of the same name apart by their numbers', async () => {
    await put(['n02012849/a.jpg', 'n03126707/a.jpg'])
    const cranes = { classNames: ['crane', 'dog', 'crane'], classes: { n02012849: 0, n03126707: 2 } }
    expect(labelled(await read(cranes))).toEqual(['n02012849/a.jpg 0', 'n03126707/a.jpg 2'])
    await put(['crane/a.jpg'])
    await expect(read(cranes)).rejects.toThrow(/"crane" fits 2 classes of the model, 0 \("crane"\) and 2 \("crane"\)/)
  })

  it('says when the folder is one too high or has no folders', async () => {
    await put(['val/cat/a.jpg', 'train/dog/a.jpg'])
    await expect(read()).rejects.toThrow(
      /: the classes are folders in there, give .*photos\/train as path|give .*photos\/train/,
    )
    await rm(photos, { recursive: true })
    await put(['a.jpg', 'b.jpg'])
    await expect(read()).rejects.toThrow(/has 2 images and no sub-folders; make one for each class, or name a table/)
  })

  it('says when there is nothing', async () => {
    await expect(read()).rejects.toThrow(/no images in .*photos; put JPEG, PNG, WebP, GIF or BMP files there/)
    await put(['cat/a.tif', 'cat/b.tif'])
    await expect(read()).rejects.toThrow(/no images in .*photos, only 2 \.tif; put/)
    await expect(readImageFolder(join(place, 'absent'), { classNames })).rejects.toThrow(
      /dataset absent: .*absent cannot be read: no such folder$/,
    )
    await writeFile(join(place, 'file'), '')
    await expect(readImageFolder(join(place, 'file'), { classNames })).rejects.toThrow(
      /cannot be read: it is not a folder/,
    )
  })

  it('follows links, but not in a circle', async () => {
    await put(['cat/a.jpg'])
    await mkdir(join(place, 'elsewhere'))
    await copyFile(fixture('gray.png'), join(place, 'elsewhere/b.png'))
    await symlink(join(place, 'elsewhere'), join(photos, 'dog'))
    await symlink(photos, join(photos, 'cat', 'back'))
    await symlink(join(photos, 'cat', 'a.jpg'), join(photos, 'cat', 'c.jpg'))
    expect(labelled(await read())).toEqual(['cat/a.jpg 0', 'cat/c.jpg 0', 'dog/b.png 2'])
  })
})

describe('a table of labels', () => {
  it.each([
    ['file,label\nb.jpg,dog\na.jpg,cat\n', 'commas'],
    ['\ufefflabel;size;file\r\ndog;3;b.jpg\r\ncat;3;.\\a.jpg\r\n\r\n', 'semicolons, Windows'],
    ['\ufeff"file","label"\na.jpg,cat\nb.jpg,dog', 'commas, Excel'],
    ['File\tLabel\n"b.jpg"\tDOG\na.jpg\t0\n', 'tabs, quotes, class numbers'],
  ])('is read with %j (%s)', async (table) => {
    await put(['a.jpg', 'b.jpg', 'c.jpg'])
    const folder = await readTable(table)
    expect(labelled(folder)).toEqual(['a.jpg 0', 'b.jpg 2'])
    expect(folder.notes[0]).toBe('left out 1 image without a label')
  })

  it('names files in folders, however the disk writes their accents', async () => {
    await put(['x/e\u0301.jpg'])
    expect(labelled(await readTable('file,label\nx/\u00e9.jpg,cat'))).toEqual(['x/e\u0301.jpg 0'])
  })

  it.each([
    [
      'file,label\na.jpg,cat\ngone.jpg,cat\nx/b.jpg,dog',
      /names 2 files that .* has no image of: gone\.jpg \(line 3\), x\/b/,
    ],
    ['file,label\na.jpg,cat\na.jpg,dog', /lines 2 and 3 both name a\.jpg, keep one/],
    ['file,label\na.jpg,bird', /1 label is no class of the model: "bird"; rename it or map it in "classes"/],
    ['file,label\na.jpg,7', /1 label is no class of the model: "7"/],
    ['file,label\na.jpg,', /line 2: has no label/],
    ['name,label\na.jpg,cat', /has no column "file", its first line is "name,label"/],
    ['', /has no column "file"/],
  ])('that is wrong is told: %j', async (table, message) => {
    await put(['a.jpg'])
    await expect(readTable(table)).rejects.toThrow(message)
  })

  it('takes the name that is exactly the same before one that is nearly so', async () => {
    await put(['a.jpg', 'b.jpg'])
    const both = { classNames: ['Cat', 'cat'] }
    expect(labelled(await readTable('file,label\na.jpg,cat\nb.jpg,Cat', both))).toEqual(['a.jpg 1', 'b.jpg 0'])
    await expect(readTable('file,label\na.jpg,CAT', both)).rejects.toThrow(/"CAT" fits 2 classes/)
  })

  it('maps labels as folders, and has to be there', async () => {
    await put(['a.jpg', 'b.jpg'])
    const classes = { Kater: 'cat', '?': null }
    expect(labelled(await readTable('file,label\na.jpg,Kater\nb.jpg,?', { classes }))).toEqual(['a.jpg 0'])
    await expect(read({ labels: join(place, 'no.csv') })).rejects.toThrow(
      /labels .*no\.csv cannot be read: no such file/,
    )
  })
})

describe('damaged images', () => {
  beforeEach(async () => {
    await put(['cat/good.jpg', 'cat/half.jpg', 'cat/empty.png', 'cat/text.jpg', 'dog/flipped.png'])
    await put(['dog/half.webp'], 'lossy.webp')
    await put(['dog/half.gif'], 'frames.gif')
    await put(['dog/half.bmp'], 'colour.bmp')
    await truncate(join(photos, 'cat/half.jpg'), 1200)
    await truncate(join(photos, 'cat/empty.png'), 0)
    await writeFile(join(photos, 'cat/text.jpg'), 'hello')
    const png = await readFile(fixture('colour.png'))
    png[png.length >> 1]! ^= 0x40
    await writeFile(join(photos, 'dog/flipped.png'), png)
    for (const name of ['half.webp', 'half.gif', 'half.bmp']) await truncate(join(photos, 'dog', name), 2000)
    await symlink(join(place, 'nowhere'), join(photos, 'dog/link.jpg'))
  })

  const list = [
    'cat/empty.png is empty',
    'cat/half.jpg is cut off',
    'cat/text.jpg is not a JPEG, PNG, WebP, GIF or BMP image',
    'dog/flipped.png is damaged (the check sum of IDAT is wrong)',
    'dog/half.bmp is cut off',
    'dog/half.gif is cut off',
    'dog/half.webp is cut off',
    'dog/link.jpg cannot be read (no such file)',
  ]

  it('are listed all at once', async () => {
    await expect(read()).rejects.toMatchObject({
      code: 'bad-input',
      message: `dataset photos: 8 images cannot be used: ${list.join(', ')}; replace or remove them, or leave them out with "damaged": "skip"`,
      details: { damaged: list },
    })
  })

  it('are left out when that is asked for', async () => {
    const { files, notes } = await read({ damaged: 'skip' })
    expect(files.map(({ name }) => name)).toEqual(['cat/good.jpg'])
    expect(notes[0]).toBe(`left out 8 damaged images: ${list.join(', ')}`)
    await rm(join(photos, 'cat/good.jpg'))
    await expect(read({ damaged: 'skip' })).rejects.toThrow(/every image in .* is damaged/)
  })
})

describe('the index', () => {
  // Files are minutes old when they are looked at.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_000 }))
  afterEach(() => void vi.useRealTimers())

  it('saves looking at what has not changed', async () => {
    await put(['cat/a.jpg', 'cat/b.jpg', 'dog/c.jpg'])
    const index = join(place, 'out', 'index.json')
    const seen: number[] = []
    const options = { index, onProgress: ({ done }: { done: number }) => void seen.push(done) }
    const first = await read(options)
    expect(seen).toEqual([1, 2, 3])
    expect(await read(options)).toEqual(first)
    expect(seen).toEqual([1, 2, 3])
    await put(['cat/b.jpg'], 'cmyk.jpg')
    await utimes(join(photos, 'dog/c.jpg'), 1, 1)
    await rm(join(photos, 'cat/a.jpg'))
    const second = await read(options)
    expect(seen.slice(3)).toHaveLength(2)
    expect(second.files[0]).not.toEqual(first.files[1])
    expect(second.files[1]).toEqual(first.files[2])
    // Another file of the same age.
    const age = new Date(1_600_000_000_000)
    await utimes(join(photos, 'cat/b.jpg'), age, age)
    await read(options)
    await put(['cat/b.jpg'], 'gray.png')
    await utimes(join(photos, 'cat/b.jpg'), age, age)
    expect((await read(options)).files[0]).not.toEqual(second.files[0])
    expect(seen.slice(5)).toHaveLength(2)
    await put(['cat/b.jpg'], 'cmyk.jpg')
    await writeFile(index, '{')
    expect(await read(options)).toEqual(second)
    expect(seen.slice(7)).toHaveLength(2)
  })

  it('does not believe a file of the same size and age that was written over', async () => {
    await put(['cat/a.jpg'])
    const path = join(photos, 'cat/a.jpg')
    const index = join(place, 'index.json')
    const age = new Date(1_600_000_000_000)
    const write = async (end: string) => {
      await writeFile(path, Buffer.concat([await readFile(fixture('gray.jpg')), Buffer.from(end)]))
      await utimes(path, age, age)
    }
    await write('a')
    const first = await read({ index })
    await write('b')
    expect((await read({ index })).files[0]!.sha256).not.toBe(first.files[0]!.sha256)
  })

  it('looks again at what was written a moment before', async () => {
    vi.useRealTimers()
    await put(['cat/a.jpg'])
    const index = join(place, 'index.json')
    const onProgress = vi.fn()
    await read({ index, onProgress })
    await read({ index, onProgress })
    expect(onProgress).toHaveBeenCalledTimes(2)
  })

  it('that cannot be written is an error', async () => {
    await put(['cat/a.jpg'])
    await writeFile(join(place, 'file'), '')
    await expect(read({ index: join(place, 'file/index.json') })).rejects.toMatchObject({ code: 'io' })
  })
})
