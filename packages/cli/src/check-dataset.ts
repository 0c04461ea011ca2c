import { checkImageBatch, type Dataset, type ImageBatch, VatunError } from '@vatun/core'

/**
 * A data set as somebody's module gives it, looked at: what it lacks, a wrong label and a damaged image become one sentence that tells which.
 *
 * @param given What `openDataset` of the module returned.
 * @param where Names the module.
 * @throws VatunError `bad-input`
 */
export function checkDataset(given: unknown, where: string): Dataset {
  const lacking = lackingOf(given)
  if (lacking) throw new VatunError('bad-input', `${where}: openDataset gives ${lacking}`)
  const dataset = given as Dataset
  const { name, length, classNames, hash } = dataset
  return {
    name,
    length,
    classNames,
    hash,
    label(i) {
      const label = dataset.label(i)
      if (!Number.isInteger(label) || label < 0 || label >= classNames.length)
        throw new VatunError(
          'bad-input',
          `${name}: image ${i} has the label ${label}, expected 0 to ${classNames.length - 1}, a class of the data set`,
        )
      return label
    },
    ...(typeof dataset.file === 'function' && { file: (i: number) => String(dataset.file?.(i)) }),
    async images(indices) {
      const batch = await readImages(dataset, indices)
      checkBatch(batch, indices.length, name)
      return batch
    },
  }
}

function lackingOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return 'no data set, return an object as Dataset of @vatun/core is'
  const { name, length, classNames, hash, label, images } = given as Partial<Record<keyof Dataset, unknown>>
  const needed: readonly (readonly [boolean, string])[] = [
    [typeof name === 'string' && name !== '', 'name'],
    [Number.isInteger(length), 'length'],
    [Array.isArray(classNames) && classNames.every((className) => typeof className === 'string'), 'classNames'],
    [typeof hash === 'string' && hash !== '', 'hash'],
    [typeof label === 'function', 'function label'],
    [typeof images === 'function', 'function images'],
  ]
  const lacking = needed.flatMap(([there, what]) => (there ? [] : [what]))
  if (lacking.length > 0) return `a data set without ${lacking.join(', ')}, add what Dataset of @vatun/core has`
  return (length as number) > 0 ? undefined : 'a data set without images'
}

/** When a batch fails, one image after the other is tried, to tell which. */
async function readImages(dataset: Dataset, indices: readonly number[]): Promise<ImageBatch> {
  try {
    return await dataset.images(indices)
  } catch (thrown) {
    if (thrown instanceof VatunError) throw thrown
    for (const index of indices)
      try {
        await dataset.images([index])
      } catch (cause) {
        throw unreadable(dataset, `image ${index}`, cause)
      }
    throw unreadable(dataset, `${indices.length} images at once`, thrown)
  }
}

function unreadable({ name }: Dataset, what: string, cause: unknown): VatunError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new VatunError('io', `${name}: ${what} cannot be read (${reason})`, { cause })
}

function checkBatch(batch: ImageBatch, n: number, name: string): void {
  const { data } = batch
  if (!(data instanceof Uint8Array || data instanceof Float32Array))
    throw new VatunError('bad-input', `${name}: images gives neither Uint8Array (0…255) nor Float32Array (0…1) as data`)
  if (batch.n !== n) throw new VatunError('bad-input', `${name}: images gives n = ${batch.n} for ${n} images`)
  checkImageBatch(batch, `${name}, images`)
}
