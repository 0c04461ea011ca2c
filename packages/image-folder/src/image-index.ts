import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { VatunError } from '@vatun/core'
import { describeIoError } from './describe-io-error.js'

/** What is known of a file that has been looked at. */
export interface CheckedFile {
  /**
   * Size in bytes, and in ms when the content was written and when anything of the file was (mtime and ctime; programs that copy files set the first
   * to that of the original): while all are the same, the rest is believed.
   */
  readonly bytes: number
  readonly modified: number
  readonly changed: number
  /** Of the content, hex. */
  readonly sha256: string
  /** What is wrong with it. */
  readonly damage?: string
}

/** By the name in the folder. */
export type ImageIndex = Map<string, CheckedFile>

/** Version of what is looked at: an index of another one is not believed. */
const version = 2

/** What an earlier run has found out; empty when there is none that can be used. */
export async function loadIndex(path: string, folder: string): Promise<ImageIndex> {
  try {
    const index = JSON.parse(await readFile(path, 'utf8')) as {
      readonly version: number
      readonly folder: string
      readonly files: Readonly<Record<string, CheckedFile>>
    }
    return new Map(index.version === version && index.folder === folder ? Object.entries(index.files) : [])
  } catch {
    // What is lost is time: every file is looked at again.
    return new Map()
  }
}

/** Writes an index beside its place and renames it into it. @throws VatunError `io` */
export async function saveIndex(path: string, folder: string, files: ImageIndex): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(beside, JSON.stringify({ version, folder, files: Object.fromEntries(files) }))
    await rename(beside, path)
  } catch (cause) {
    await rm(beside, { force: true }).catch(() => undefined)
    throw new VatunError('io', `image index: ${path} cannot be written: ${describeIoError(cause, 'folder')}`, { cause })
  }
}
