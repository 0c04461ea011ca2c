import { VatunError } from './errors.js'

/** Where bytes are: a URL (`https:`, `blob:`, `data:`, `file:`), or a path, which a browser takes as relative to the page. */
export type ByteLocation = string | URL

/**
 * Reads a whole file in Node and browsers alike: paths and `file:` URLs from the disk in Node, everything else by `fetch`.
 * @param where Names the caller in error messages.
 * @param options.limit Bytes that the file may have at most; a larger one is not read.
 * @throws VatunError `not-found` if there is no such file, `io` if it cannot be read, `bad-input` if it is larger than allowed.
 */
export async function readBytes(
  location: ByteLocation,
  where: string,
  { limit = Number.POSITIVE_INFINITY }: { readonly limit?: number } = {},
): Promise<Uint8Array> {
  const text = String(location)
  const check = (size: number): void => {
    if (size > limit)
      throw new VatunError('bad-input', `${where}: ${text} holds ${size} bytes, expected at most ${limit}`, {
        details: { location: text, size, limit },
      })
  }
  try {
    return isOnDisk(text) ? await readFromDisk(text, check) : await fetchBytes(text, where, check)
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

async function readFromDisk(location: string, check: (size: number) => void): Promise<Uint8Array> {
  // A variable specifier keeps bundlers for the browser from resolving the module.
  const module = 'node:fs/promises'
  const fs = (await import(/* @vite-ignore */ module)) as typeof import('node:fs/promises')
  const place = location.startsWith('file:') ? new URL(location) : location
  check((await fs.stat(place)).size)
  return new Uint8Array(await fs.readFile(place))
}

async function fetchBytes(url: string, where: string, check: (size: number) => void): Promise<Uint8Array> {
  const response = await fetch(url)
  if (!response.ok)
    throw new VatunError(
      response.status === 404 ? 'not-found' : 'io',
      `${where}: cannot read ${url}: status ${response.status}`,
      {
        details: { location: url, status: response.status },
      },
    )
  check(Number(response.headers.get('content-length') ?? 0))
  const bytes = new Uint8Array(await response.arrayBuffer())
  check(bytes.length)
  return bytes
}
