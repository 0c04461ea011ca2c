import { randomUUID } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { VatunError } from '@vatun/core'
import { ifExists, ioError } from './io-error.js'

interface Owner {
  readonly pid: number
  readonly host: string
  readonly token: string
}

/**
 * Makes this process the only writer of a bundle. The lock of a process that is no longer alive is taken over.
 * @returns a function that gives the lock back
 * @throws VatunError `io` when another process, or this one, has the bundle open
 */
export async function lockBundle(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, '.lock')
  const owner: Owner = { pid: process.pid, host: hostname(), token: randomUUID() }
  const text = JSON.stringify(owner)
  // Written aside and linked, so that a lock that exists is never half written.
  const draft = join(folder, `.${owner.token}.tmp`)
  try {
    for (let attempt = 0; ; attempt++) {
      await writeFile(draft, text)
      if (await claim(draft, path)) break
      const found = await ifExists(readFile(path, 'utf8'))
      if (attempt >= 10 || (found && !isStale(found))) throw busy(folder, path, found ?? '')
      if (found !== undefined) await removeStale(path, found, owner.token)
    }
  } catch (error) {
    throw ioError(error, 'write to', folder)
  } finally {
    await rm(draft, { force: true }).catch(() => undefined)
  }
  return async () => {
    if ((await ifExists(readFile(path, 'utf8'))) === text) await rm(path, { force: true })
  }
}

async function claim(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path)
    return true
  } catch (error) {
    const { code } = error as { code?: string }
    // ENOENT: the owner of the lock has cleaned the draft up as a leftover.
    if (code === 'EEXIST' || code === 'ENOENT') return false
    // File systems without hard links, such as exFAT.
    if (code === 'EPERM' || code === 'ENOTSUP' || code === 'ENOSYS')
      return writeFile(path, await readFile(draft), { flag: 'wx' }).then(
        () => true,
        (failure: { code?: string }) => {
          if (failure.code === 'EEXIST') return false
          throw failure
        },
      )
    throw error
  }
}

/** Moves the stale lock away. Whoever comes second finds another lock under the name, and puts it back. */
async function removeStale(path: string, stale: string, token: string): Promise<void> {
  const aside = `${path}.${token}.tmp`
  if ((await ifExists(rename(path, aside).then(() => true))) !== true) return
  if ((await readFile(aside, 'utf8')) !== stale) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function isStale(text: string): boolean {
  const owner = parse(text)
  if (!owner) return true
  if (owner.host !== hostname()) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return (error as { code?: string }).code === 'ESRCH'
  }
}

function parse(text: string): Owner | undefined {
  try {
    const json = JSON.parse(text) as Partial<Owner> | null
    return typeof json?.pid === 'number' && typeof json.host === 'string' ? (json as Owner) : undefined
  } catch {
    return undefined
  }
}

function busy(folder: string, path: string, text: string): VatunError {
  const owner = parse(text)
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process'
  return new VatunError(
    'io',
    `bundle: ${folder} is being written by ${who}, wait for it or choose another folder; if it is gone, remove ${path}`,
    { details: { folder, ...owner } },
  )
}
