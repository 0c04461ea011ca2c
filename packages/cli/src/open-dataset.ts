import { fileURLToPath } from 'node:url'
import { type Dataset, type DatasetSpec, VatunError } from '@vatun/core'
import { checkDataset } from './check-dataset.js'

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
