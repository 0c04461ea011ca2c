import { createHash } from 'node:crypto'
import { join } from 'node:path'
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
