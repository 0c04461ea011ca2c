import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '@vatun/core'
import { decodeImage } from './decode-image.js'
import { describeIoError } from './describe-io-error.js'
import { type CheckedFile, type ImageIndex, loadIndex, saveIndex } from './image-index.js'

/** Options of {@link checkImages}. */
export interface CheckOptions {
  /** File that keeps what was found, so that the next time only what is new is looked at. */
  readonly index?: string
  readonly onProgress?: (progress: Progress) => void
  readonly signal?: AbortSignal
}

/** How often the index is written meanwhile, so that an interrupted check goes on where it was; ms. */
const savingInterval = 5000
/** Files at a time: decoding runs on threads of its own, four unless Node is told otherwise, and each holds a whole picture; reading waits for the disk. */
const concurrency = Math.min(8, Math.max(2, availableParallelism()))

/**
 * Reads, hashes and decodes every file once, side by side.
 *
 * @returns what was found, in the order of the names
 */
export async function checkImages(
  folder: string,
  names: readonly string[],
  { index: indexPath, onProgress, signal }: CheckOptions = {},
): Promise<readonly CheckedFile[]> {
  const known: ImageIndex = indexPath === undefined ? new Map() : await loadIndex(indexPath, folder)
  const found: ImageIndex = new Map()
  let [next, done, fresh] = [0, 0, 0]
  let saved = performance.now()
  const save = async () => {
    if (indexPath === undefined || fresh === 0) return
    fresh = 0
    saved = performance.now()
    await saveIndex(indexPath, folder, new Map([...known, ...found]))
  }
  const work = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      signal?.throwIfAborted()
      const before = known.get(name)
      const checked = await checkImage(join(folder, name), before)
      found.set(name, checked)
      done++
      if (checked !== before) {
        fresh++
        onProgress?.({ done, total: names.length, unit: 'images' })
      }
      if (performance.now() - saved > savingInterval) await save()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  await save()
  return names.map((name) => found.get(name)!)
}

/** @returns `known` itself when the file has not changed */
async function checkImage(path: string, known: CheckedFile | undefined): Promise<CheckedFile> {
  try {
    const { size: bytes, mtimeMs: modified } = await stat(path)
    if (known && known.bytes === bytes && known.modified === modified) return known
    const content = await readFile(path)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return await decodeImage(content).then(
      () => ({ bytes, modified, sha256 }),
      ({ message }: Error) => ({ bytes, modified, sha256, damage: message }),
    )
  } catch (cause) {
    return { bytes: 0, modified: 0, sha256: '', damage: `cannot be read (${describeIoError(cause, 'file')})` }
  }
}
