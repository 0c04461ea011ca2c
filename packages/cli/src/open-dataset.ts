import { fileURLToPath } from 'node:url'
import { type ClassifierInfo, type Dataset, type DatasetSpec, type ModuleDatasetSpec, VatunError } from '@vatun/core'
import { createImageDataset, type ImageCache, type ImageFolder, readImageFolder } from '@vatun/image-folder'
import { checkDataset } from './check-dataset.js'

/** A folder of images that has been looked at, and what threads know of it together; structured-cloneable. */
export interface SharedFolder {
  readonly folder: ImageFolder
  readonly cache: ImageCache
}

/**
 * Opens a data set from its spec, for a model: imports the module it names, or reads the folder, unless that has been done before.
 *
 * @param shared What another thread has found out of the folder.
 * @throws VatunError `not-found` when the module cannot be loaded, `bad-input` when it does not give a data set; see also `readImageFolder`.
 */
export async function openDataset(
  spec: DatasetSpec,
  { classNames, input }: Pick<ClassifierInfo, 'classNames' | 'input'>,
  shared?: SharedFolder,
): Promise<Dataset> {
  if (spec.format === 'module') return openModule(spec)
  const folder = shared?.folder ?? (await readImageFolder(spec.path, { ...spec, classNames }))
  return createImageDataset(folder, input, { ...spec, ...(shared && { cache: shared.cache }) })
}

async function openModule(spec: ModuleDatasetSpec): Promise<Dataset> {
  const where = `dataset ${spec.module}`
  const module = (await import(spec.module).catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ERR_MODULE_NOT_FOUND' && cause.message.includes(fileURLToPath(spec.module))
    throw new VatunError('not-found', `${where}: ${missing ? 'no such file' : `cannot be loaded (${cause.message})`}`, {
      cause,
    })
  })) as { openDataset?: (options?: unknown) => unknown }
  if (typeof module.openDataset !== 'function')
    throw new VatunError('bad-input', `${where}: has no function openDataset, export one that returns a Dataset`)
  try {
    return checkDataset(await module.openDataset(spec.options), where)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw cause instanceof VatunError ? cause : new VatunError('io', `${where}: ${reason}`, { cause })
  }
}
