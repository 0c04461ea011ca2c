import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RegistrySpec } from '@vatun/augment'
import { VatunError } from '@vatun/core'
import type { Config } from './config.js'

/**
 * What changes a configuration asks for, with the text of the user's module: read once, so that the workers and the page run the same.
 *
 * @throws VatunError `not-found` when there is no such file.
 */
export async function readRegistry({
  augmentations,
  axes,
}: Pick<Config, 'augmentations' | 'axes'>): Promise<RegistrySpec> {
  const chosen = axes ? { axes } : {}
  if (augmentations === undefined) return chosen
  const path = fileURLToPath(augmentations)
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === 'ENOENT' ? 'no such file' : cause.message
    throw new VatunError('not-found', `augmentations ${path}: ${reason}`, { cause })
  })
  return { ...chosen, module: { name: basename(path), text } }
}
