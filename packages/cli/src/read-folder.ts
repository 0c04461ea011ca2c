import { createHash } from 'node:crypto'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ModelSpec, VatunError } from '@vatun/core'
import { createImageCache, readImageFolder } from '@vatun/image-folder'
import type { AnalyzeOptions } from './analyze.js'
import type { Config } from './config.js'
import type { SharedFolder } from './open-dataset.js'

/**
 * Looks at the folder of images that a configuration names, before any model is open: its classes are named in the configuration too. What was found out
 * stays in the output folder, whatever the model, so that the next start is quick.
 *
 * @returns undefined when the images come from a module
 * @throws VatunError see `readImageFolder`
 */
export async function readFolder(
  { dataset, model, output }: Config,
  { onProgress, onNote }: Pick<AnalyzeOptions, 'onProgress' | 'onNote'>,
): Promise<SharedFolder | undefined> {
  if (dataset.format !== 'folder') return undefined
  await findModel(model)
  const id = createHash('sha256').update(dataset.path).digest('hex').slice(0, 8)
  const folder = await readImageFolder(dataset.path, {
    ...dataset,
    classNames: model.classNames,
    index: join(output, `images-${id}.json`),
    onProgress: (progress) => onProgress?.('checking images', progress),
  })
  for (const note of folder.notes) onNote?.(note)
  return { folder, cache: createImageCache(folder.files.length) }
}

/** A path that is misspelt would otherwise be told after all images have been looked at. */
async function findModel({ name, url }: ModelSpec): Promise<void> {
  if (!url.startsWith('file:')) return
  const path = fileURLToPath(url)
  await access(path).catch((cause: unknown) => {
    throw new VatunError(
      'not-found',
      `model ${name}: ${path} is not there or cannot be read, give the path of the model`,
      {
        cause,
      },
    )
  })
}
