import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Dataset, type ImageBatch, VatunError } from '@vatun/core'
import { type DecodedImage, decodeImage } from './decode-image.js'
import { describeIoError } from './describe-io-error.js'
import { checkFit, type FitOptions } from './fit.js'
import { fitImage, type ImageInput } from './fit-image.js'
import { countOf, type ImageCache, recall, remember } from './image-cache.js'
import type { ImageFile, ImageFolder } from './read-image-folder.js'
import { sideBySide } from './side-by-side.js'

/** Options of {@link createImageDataset}. */
export interface ImageDatasetOptions extends FitOptions {
  /** See {@link createImageCache}; shared with the other threads that open the same data set. */
  readonly cache?: ImageCache
}

/** Images at a time: one is decoded, on another thread, while one is resized. More would cost memory where pictures are large. */
const concurrency = 2

/** Changes when the same files and options give other pixels. */
const pixelsVersion = 1

/**
 * The images of a folder as a model takes them: decoded when they are asked for, brought to its input size, in colour or gray as it needs.
 *
 * @param input Height, width and channels (1 or 3): `classifier.info.input`.
 * @throws VatunError `unsupported` for another number of channels, `bad-input` for options that make no sense
 */
export function createImageDataset(
  folder: ImageFolder,
  input: ImageInput,
  { cache, ...options }: ImageDatasetOptions = {},
): Dataset {
  const { name, classNames, files } = folder
  const where = `dataset ${name}`
  checkFit(options, where)
  const { height, width, channels } = checkInput(input, where)
  if (cache && countOf(cache) !== files.length)
    throw new VatunError(
      'bad-input',
      `${where}: the cache is for ${countOf(cache)} images, and there are ${files.length}; make one for this data set and this size`,
    )
  const size = height * width * channels
  const at = (i: number): ImageFile => {
    const file = files[i]
    if (!file) throw new VatunError('bad-input', `${where}: no image ${i}, it has 0 to ${files.length - 1}`)
    return file
  }
  const load = async (index: number, target: Uint8Array) => {
    const file = at(index)
    const kept = cache && recall(cache, index, size)
    if (kept) return target.set(kept)
    fitImage(await openAgain(folder.path, file, where), input, options, target)
    if (cache) remember(cache, index, target)
  }
  return {
    name,
    length: files.length,
    classNames,
    hash: hashOf(folder, input, options),
    label: (i) => at(i).label,
    file: (i) => at(i).name,
    async images(indices) {
      const data = new Uint8Array(indices.length * size)
      await sideBySide(indices.length, concurrency, (k) => load(indices[k]!, data.subarray(k * size, (k + 1) * size)))
      return { data, n: indices.length, height, width, channels }
    },
  }
}

/** Reads one image file as a batch of one. @throws VatunError `io` when it cannot be read, `bad-input` when it is damaged */
export async function readImage(path: string, input: ImageInput, options: FitOptions = {}): Promise<ImageBatch> {
  const { height, width, channels } = checkInput(input, 'readImage')
  checkFit(options, 'readImage')
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VatunError('io', `readImage: ${path} cannot be read (${describeIoError(cause, 'file')})`, { cause })
  })
  const image = await decodeImage(bytes).catch((cause: Error) => {
    throw new VatunError('bad-input', `readImage: ${path} ${cause.message}, give another file`, { cause })
  })
  const data = new Uint8Array(height * width * channels)
  fitImage(image, input, options, data)
  return { data, n: 1, height, width, channels }
}

/** A file that was fine when the folder was read, and may have been changed since. */
async function openAgain(path: string, { name, sha256 }: ImageFile, where: string): Promise<DecodedImage> {
  const changed = (what: string, cause?: unknown) =>
    new VatunError(
      'io',
      `${where}: ${name} ${what} since the start; start again, or put it back and then start again`,
      {
        cause,
      },
    )
  const content = await readFile(join(path, name)).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw changed('has been removed', cause)
    throw new VatunError('io', `${where}: ${name} cannot be read (${describeIoError(cause, 'file')})`, { cause })
  })
  if (createHash('sha256').update(content).digest('hex') !== sha256) throw changed('has been changed')
  return decodeImage(content).catch((cause: unknown) => {
    throw changed('has been changed', cause)
  })
}

function checkInput(input: ImageInput, where: string): ImageInput {
  const { channels } = input
  if (channels === 1 || channels === 3) return input
  throw new VatunError(
    'unsupported',
    `${where}: the model takes images with ${channels} channels, files of images have 1 or 3; write a module that opens them`,
  )
}

/** Over everything that the images and labels follow from, but not over the names of files. */
function hashOf({ classNames, files }: ImageFolder, input: ImageInput, { fit = 'crop', crop = 1 }: FitOptions): string {
  const { height, width, channels } = input
  const hash = createHash('sha256').update(
    JSON.stringify({ pixelsVersion, classNames, height, width, channels, fit, crop }),
  )
  for (const { sha256, label } of files) hash.update(`${sha256} ${label}\n`)
  return hash.digest('hex')
}
