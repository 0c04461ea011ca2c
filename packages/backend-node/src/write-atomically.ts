import { access, constants, mkdir, open, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { ioError } from './io-error.js'

const temporary = /^\..*\.tmp$/
let counter = 0

/**
 * Writes a file so that its name holds either the old content or all of the new, whenever the process or the machine stops: a
 * temporary file in the same folder, flushed to the disk, then renamed.
 * @throws VatunError `io`
 */
export async function writeAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const folder = dirname(path)
  const temp = join(folder, `.${process.pid}-${counter++}.tmp`)
  try {
    const file = await open(temp, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temp, path)
  } catch (error) {
    await rm(temp, { force: true }).catch(() => undefined)
    throw ioError(error, 'write', path)
  }
  await syncFolder(folder)
}

/** Makes a folder and those above it. @throws VatunError `io` */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (error) {
    throw ioError(await refusalAbove(path, error), 'make the folder', path)
  }
}

/** Node reports a read-only file system as a missing file; the folder above tells the true reason. */
async function refusalAbove(path: string, error: unknown): Promise<unknown> {
  if ((error as { code?: string }).code !== 'ENOENT' || dirname(path) === path) return error
  return access(dirname(path), constants.W_OK).then(
    () => error,
    (refusal: unknown) => refusalAbove(dirname(path), refusal),
  )
}

/** Removes the temporary files that a killed writer left in a folder. */
export async function removeTemporaryFiles(folder: string): Promise<void> {
  for (const name of await readdir(folder)) if (temporary.test(name)) await rm(join(folder, name), { force: true })
}

/** Makes a rename survive a power failure; not every file system can, and then there is nothing to do about it. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}
