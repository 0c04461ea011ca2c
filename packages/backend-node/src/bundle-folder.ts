import { createHash } from 'node:crypto'
import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type PartialStore, VatunError } from '@vatun/core'
import {
  type BundleSubject,
  bundleFormatVersion,
  canonicalJson,
  checkManifest,
  decodePartial,
  encodePartial,
  type Manifest,
  manifestFile,
  modelReading,
} from '@vatun/core/bundle'
import { lockBundle } from './bundle-lock.js'
import { ifExists, ioError } from './io-error.js'
import { makeFolder, removeTemporaryFiles, writeAtomically } from './write-atomically.js'

/** An analysis bundle that this process writes; see {@link openBundle}. */
export interface Bundle {
  readonly folder: string
  /** As it is on the disk. */
  readonly manifest: Manifest
  /** As the last writer left it. */
  readonly before: Manifest | undefined
  /** Where the partials of one analysis survive; `key` is its `resultKey`. Damaged ones are computed again. */
  store<P>(key: string): PartialStore<P>
  /** Removes the partials of an analysis; for when all files that are made of it have been written. */
  removeStore(key: string): Promise<void>
  /** Writes a finished file and enters it into the manifest. @throws VatunError `io` */
  writeResult(file: string, bytes: Uint8Array, key: string): Promise<void>
  /** A finished file; undefined when it is absent, damaged, or was computed with another key. */
  readResult(file: string, key: string): Promise<Uint8Array | undefined>
  /** Waits for what is being written and lets other processes write. */
  close(): Promise<void>
}

/** An analysis bundle to look at; see {@link readBundle}. */
export interface BundleReader {
  readonly folder: string
  readonly manifest: Manifest
  /** A finished file. @throws VatunError `not-found` when the manifest does not list it, `io` when it is gone or damaged */
  readResult(file: string): Promise<Uint8Array>
}

/**
 * Opens a bundle for writing, making the folder if need be. Whatever was saved before the last writer ended, or was killed, is
 * used: finished files by {@link Bundle.readResult}, shards by {@link Bundle.store}.
 *
 * @param subject What the bundle is about. A folder that holds the analysis of a model or data set of another name is refused. When one of them
 * has other content than before, or the choice of images or layers differs, the results in the manifest are forgotten; shards are found by their key.
 * @throws VatunError `io` when the folder cannot be written or another process writes it, `bad-input` when it is about
 * something else or its manifest is damaged
 */
export async function openBundle(folder: string, subject: BundleSubject): Promise<Bundle> {
  await makeFolder(join(folder, 'shards'))
  const unlock = await lockBundle(folder)
  try {
    await cleanUp(folder)
    const before = await loadManifest(folder)
    let manifest = resume(folder, before, subject)
    const saveManifest = () => writeAtomically(join(folder, manifestFile), jsonBytes(manifest))
    await saveManifest()
    let queue: Promise<unknown> = Promise.resolve()
    /** One write after the other, so that the manifest never lists what is not there. */
    const enqueue = <T>(task: () => Promise<T>): Promise<T> => {
      const result = queue.then(task)
      queue = result.catch(() => undefined)
      return result
    }
    return {
      folder,
      before,
      get manifest() {
        return manifest
      },
      store: <P>(key: string) => shardStore<P>(join(folder, 'shards', checkName(key))),
      removeStore: async (key) => {
        await rm(join(folder, 'shards', checkName(key)), { recursive: true, force: true })
      },
      writeResult: (file, bytes, key) =>
        enqueue(async () => {
          await writeAtomically(join(folder, checkName(file)), bytes)
          const entry = { status: 'complete', key, bytes: bytes.length, sha256: hashOf(bytes) } as const
          manifest = { ...manifest, results: { ...manifest.results, [file]: entry } }
          await saveManifest()
        }),
      readResult: async (file, key) => {
        const entry = manifest.results[file]
        if (entry?.key !== key) return undefined
        const bytes = await readFileOf(folder, file)
        return bytes && hashOf(bytes) === entry.sha256 ? bytes : undefined
      },
      close: async () => {
        await queue
        await unlock()
      },
    }
  } catch (error) {
    await unlock()
    throw error
  }
}

/**
 * Opens a bundle for reading; also while another process writes it.
 * @throws VatunError `not-found` when the folder holds no bundle, `bad-input` when its manifest is damaged
 */
export async function readBundle(folder: string): Promise<BundleReader> {
  const manifest = await loadManifest(folder)
  if (!manifest)
    throw new VatunError('not-found', `bundle: ${folder} has no ${manifestFile}, give the folder of an analysis bundle`)
  return {
    folder,
    manifest,
    async readResult(file) {
      const entry = manifest.results[file]
      if (!entry) {
        const there = Object.keys(manifest.results).join(', ') || 'none yet'
        throw new VatunError('not-found', `bundle: no "${file}" in ${folder}, finished files are: ${there}`)
      }
      const bytes = await readFileOf(folder, file)
      if (bytes && hashOf(bytes) === entry.sha256) return bytes
      throw new VatunError(
        'io',
        `bundle: ${join(folder, file)} is ${bytes ? 'damaged' : 'missing'}, run the analysis again`,
      )
    },
  }
}

function resume(folder: string, found: Manifest | undefined, subject: BundleSubject): Manifest {
  const fresh: Manifest = { formatVersion: bundleFormatVersion, ...subject, results: {} }
  if (!found) return fresh
  for (const what of ['model', 'dataset'] as const)
    if (found[what].name !== subject[what].name && found[what].hash !== subject[what].hash)
      throw new VatunError(
        'bad-input',
        `bundle: ${folder} holds the analysis of ${what} "${found[what].name}", not of "${subject[what].name}", choose another folder or remove it`,
        { details: { folder, found: found[what], asked: subject[what] } },
      )
  const choice = ({ images, classifier, dataset, specs }: BundleSubject) =>
    canonicalJson({ images, classifier, dataset: dataset.hash, reading: modelReading(specs.model) })
  return choice(found) === choice(subject) ? { ...fresh, results: found.results } : fresh
}

async function loadManifest(folder: string): Promise<Manifest | undefined> {
  const path = join(folder, manifestFile)
  const bytes = await readFileOf(folder, manifestFile)
  if (!bytes) return undefined
  let json: unknown
  try {
    json = JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new VatunError('bad-input', `bundle: ${path} is not JSON, remove the folder and analyse again`, { cause })
  }
  return checkManifest(json)
}

function shardStore<P>(folder: string): PartialStore<P> {
  const name = (shard: number) => `${shard}.part`
  return {
    async load(shard) {
      const bytes = await readFileOf(folder, name(shard))
      return bytes && decodePartial<P>(bytes)?.partial
    },
    async save(shard, partial) {
      await makeFolder(folder)
      await writeAtomically(join(folder, name(shard)), encodePartial(partial))
    },
  }
}

async function cleanUp(folder: string): Promise<void> {
  const shards = join(folder, 'shards')
  try {
    await removeTemporaryFiles(folder)
    for (const key of await readdir(shards, { withFileTypes: true }))
      if (key.isDirectory()) await removeTemporaryFiles(join(shards, key.name))
  } catch (error) {
    throw ioError(error, 'clean up', folder)
  }
}

async function readFileOf(folder: string, file: string): Promise<Uint8Array | undefined> {
  const path = join(folder, checkName(file))
  try {
    return await ifExists(readFile(path))
  } catch (error) {
    throw ioError(error, 'read', path)
  }
}

/** Names come from manifests and requests too: only plain ones, which cannot lead out of the folder. */
function checkName(name: string): string {
  if (/^\w[\w.-]*$/.test(name)) return name
  throw new VatunError(
    'bad-input',
    `bundle: "${name}" is no file name here, use letters, digits, dot, dash and underscore`,
  )
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`)
}
