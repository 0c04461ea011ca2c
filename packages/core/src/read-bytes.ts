import { VatunError } from './errors.js'

/** Where bytes are: a URL (`https:`, `blob:`, `data:`, `file:`), or a path, which a browser takes as relative to the page. */
export type ByteLocation = string | URL

/**
 * Reads a whole file in Node and browsers alike: paths and `file:` URLs from the disk in Node, everything else by `fetch`.
 * @param where Names the caller in error messages.
 * @throws VatunError `not-found` if there is no such file, `io` if it cannot be read.
 */
export async function readBytes(location: ByteLocation, where: string): Promise<Uint8Array> {
  const text = String(location)
  try {
    return isOnDisk(text) ? await readFromDisk(text) : await fetchBytes(text, where)
  } catch (error) {
    if (error instanceof VatunError) throw error
    const missing = (error as { code?: unknown }).code === 'ENOENT'
    const reason = missing ? 'no such file' : error instanceof Error ? error.message : String(error)
    throw new VatunError(missing ? 'not-found' : 'io', `${where}: cannot read ${text}: ${reason}`, {
      details: { location: text },
      cause: error,
    })
  }
}

function isOnDisk(location: string): boolean {
  if (typeof process === 'undefined' || !process.versions?.node) return false
  return location.startsWith('file:') || !/^[a-z][a-z\d+.-]+:/i.test(location)
}

async function readFromDisk(location: string): Promise<Uint8Array> {
  // A variable specifier keeps bundlers for the browser from resolving the module.
  const module = 'node:fs/promises'
  const fs = (await import(/* @vite-ignore */ module)) as typeof import('node:fs/promises')
  return new Uint8Array(await fs.readFile(location.startsWith('file:') ? new URL(location) : location))
}

async function fetchBytes(url: string, where: string): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok)
    throw new VatunError(
      response.status === 404 ? 'not-found' : 'io',
      `${where}: cannot read ${url}: status ${response.status}`,
      {
        details: { location: url, status: response.status },
      },
    )
  return new Uint8Array(await response.arrayBuffer())
}
