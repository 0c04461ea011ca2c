import { fileURLToPath } from 'node:url'
import { type Dataset, type DatasetSpec, VatunError } from '@vatun/core'

/**
 * Opens a data set from its spec by importing the module it names.
 *
 * @throws VatunError `not-found` when the module cannot be loaded, `bad-input` when it does not give a data set.
 */
export async function openDataset(spec: DatasetSpec): Promise<Dataset> {
  const where = `dataset ${spec.module}`
  const module = (await import(spec.module).catch((cause: NodeJS.ErrnoException) => {
    const missing = cause.code === 'ERR_MODULE_NOT_FOUND' && cause.message.includes(fileURLToPath(spec.module))
    throw new VatunError('not-found', `${where}: ${missing ? 'no such file' : `cannot be loaded (${cause.message})`}`, {
      cause,
    })
  })) as { openDataset?: (options?: unknown) => Promise<Dataset> }
  if (typeof module.openDataset !== 'function')
    throw new VatunError('bad-input', `${where}: has no function openDataset, export one that returns a Dataset`)
  const dataset = await module.openDataset(spec.options).catch((cause: unknown) => {
    throw cause instanceof VatunError ? cause : new VatunError('io', `${where}: ${(cause as Error).message}`, { cause })
  })
  if (!(dataset.length > 0)) throw new VatunError('bad-input', `${where}: has no images`)
  return dataset
}
