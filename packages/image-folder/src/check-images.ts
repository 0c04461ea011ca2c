import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Progress } from '@vatun/core'
import { decodeImage } from './decode-image.js'
import { describeIoError } from './describe-io-error.js'
import { type CheckedFile, type ImageIndex, loadIndex, saveIndex } from './image-index.js'
import { sideBySide } from './side-by-side.js'

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
/** Grain of the coarsest clock of file systems, ms: what is written twice within it has the same times. */
const clockGrain = 2000

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
  const index = new Map(known)
  const found: CheckedFile[] = []
  let [done, fresh] = [0, 0]
  let saved = performance.now()
  const save = async () => {
    if (indexPath === undefined || fresh === 0) return
    fresh = 0
    saved = performance.now()
    await saveIndex(indexPath, folder, index)
  }
  await sideBySide(names.length, concurrency, async (i) => {
    signal?.throwIfAborted()
    const name = names[i]!
    const before = known.get(name)
    const looked = Date.now()
    const checked = await checkImage(join(folder, name), before)
    found[i] = checked
    done++
    if (checked !== before) {
      fresh++
      // A file that is still being worked on is looked at again.
      if (looked - checked.changed > clockGrain) index.set(name, checked)
      else index.delete(name)
      onProgress?.({ done, total: names.length, unit: 'images' })
    }
    if (performance.now() - saved > savingInterval) await save()
  })
  await save()
  return found
}

/** @returns `known` itself when the file has not changed */
async function checkImage(path: string, known: CheckedFile | undefined): Promise<CheckedFile> {
  try {
    const { size: bytes, mtimeMs: modified, ctimeMs: changed } = await stat(path)
    if (known && known.bytes === bytes && known.modified === modified && known.changed === changed) return known
    const content = await readFile(path)
    const sha256 = createHash('sha256').update(content).digest('hex')
    return await decodeImage(content).then(
      () => ({ bytes, modified, changed, sha256 }),
      ({ message }: Error) => ({ bytes, modified, changed, sha256, damage: message }),
    )
  } catch (cause) {
    const damage = `cannot be read (${describeIoError(cause, 'file')})`
    // Of this age it is never kept: it may be readable the next time.
    return { bytes: 0, modified: 0, changed: Number.POSITIVE_INFINITY, sha256: '', damage }
  }
}
