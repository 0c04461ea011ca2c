import type { Dirent } from 'node:fs'
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { VatunError } from '@vatun/core'
import { describeIoError } from './describe-io-error.js'
import { imageExtensions } from './formats/image-format.js'

/** What is in a folder. */
export interface ListedFiles {
  /** Images by their name, relative to the folder, with `/` between folders; in the order of their names. */
  readonly images: readonly string[]
  /** Files that are no images by their name, or hidden. */
  readonly others: readonly string[]
  /** Folders at the top, without hidden ones. */
  readonly folders: readonly string[]
}

/** Lists a folder and what is in its folders. Links are followed; a link that leads back to a folder it is in is left out. */
export async function listImages(path: string, where: string): Promise<ListedFiles> {
  const images: string[] = []
  const others: string[] = []
  const folders: string[] = []
  const visit = async (folder: string, inside: string, above: ReadonlySet<string>): Promise<void> => {
    const real = await realpath(folder)
    if (above.has(real)) return
    const within = new Set([...above, real])
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      const name = `${inside}${entry.name}`
      const isFolder = await leadsToFolder(entry, join(folder, entry.name))
      if (isHidden(entry.name)) {
        if (!isFolder) others.push(name)
      } else if (isFolder) {
        if (inside === '') folders.push(entry.name)
        await visit(join(folder, entry.name), `${name}/`, within)
      } else (isImage(entry.name) ? images : others).push(name)
    }
  }
  await visit(path, '', new Set()).catch((cause: NodeJS.ErrnoException) => {
    const place = cause.path ?? path
    throw new VatunError('io', `${where}: ${place} cannot be read: ${describeIoError(cause, 'folder')}`, { cause })
  })
  return { images: images.sort(), others: others.sort(), folders: folders.sort() }
}

/** A link that leads nowhere is a file that cannot be read, which is told when images are checked. */
async function leadsToFolder(entry: Dirent, path: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

function isHidden(name: string): boolean {
  return name.startsWith('.')
}

function isImage(name: string): boolean {
  return imageExtensions.includes(extensionOf(name))
}

/** Lower case, without the dot; empty for a name without one. */
export function extensionOf(name: string): string {
  return /[^/.][^/]*\.([^/.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** `2 of .txt, 1 of .tif`, the most frequent first. */
export function countExtensions(names: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const name of names) {
    const base = name.slice(name.lastIndexOf('/') + 1)
    const extension = extensionOf(name)
    const kind = extension === '' || isHidden(base) ? base : `.${extension}`
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const kinds = [...counts].sort(([, a], [, b]) => b - a).map(([kind, count]) => `${count} ${kind}`)
  return kinds.length > 4 ? `${kinds.slice(0, 4).join(', ')}, …` : kinds.join(', ')
}
