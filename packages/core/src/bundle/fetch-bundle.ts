import { VatunError } from '../errors.js'
import type { Loadable, SessionResults, SpriteSheet } from '../session/results.js'
import type { SessionSubject } from '../session/session.js'
import { checkManifest, type Manifest, manifestFile } from './manifest.js'
import { decodePatterns } from './pattern-table.js'
import { decodeSimulation } from './simulation-table.js'
import { decodeEmbedding, decodePredictions } from './tables.js'

/** Tiles in a row of `sprites.png`, whatever the number of images. */
export const spriteColumns = 32

/** A bundle as a session takes it: `new Session({ subject, ports: {} })`, then `session.setResults(results)`. */
export interface FetchedBundle {
  readonly manifest: Manifest
  readonly subject: SessionSubject
  /** What the bundle holds as `ready`, what it lacks as `waiting`. */
  readonly results: SessionResults
}

/**
 * Loads an analysis bundle from a folder of static files, in a page or in Node: no server that knows VATUN is needed.
 *
 * @param folder URL of the folder that `vatun analyze` wrote, relative to the page or absolute.
 * @throws VatunError `io` when a file cannot be fetched, `bad-input` when one is damaged, `unsupported` for another bundle format.
 */
export async function fetchBundle(
  folder: string | URL,
  options: { readonly signal?: AbortSignal } = {},
): Promise<FetchedBundle> {
  const fetched = (name: string) => fetchBytes(resolve(folder, name), options.signal)
  const manifest = checkManifest(parseJson(await fetched(manifestFile)))
  const load = async <T>(name: string, decode: (bytes: Uint8Array) => T): Promise<Loadable<T>> =>
    name in manifest.results ? { status: 'ready', value: decode(await fetched(name)) } : { status: 'waiting' }
  const simulation = manifest.axes.map(
    async ({ name }) => [name, await load(`simulation-${name}.arrow`, decodeSimulation)] as const,
  )
  const [predictions, embedding, patterns, sprites, curves] = await Promise.all([
    load('predictions.arrow', decodePredictions),
    load('embedding.arrow', decodeEmbedding),
    load('patterns.arrow', decodePatterns),
    load('sprites.png', pngSize),
    Promise.all(simulation),
  ])
  const { classifier: model, dataset, images, axes } = manifest
  return {
    manifest,
    subject: { model, dataset, images: images.count, axes },
    results: {
      predictions,
      embedding,
      patterns,
      sprites:
        sprites.status === 'ready' && predictions.status === 'ready'
          ? {
              status: 'ready',
              value: sheetOf(resolve(folder, 'sprites.png'), sprites.value, predictions.value.indices),
            }
          : { status: 'waiting' },
      simulation: Object.fromEntries(curves),
    },
  }
}

function resolve(folder: string | URL, name: string): string {
  const text = String(folder)
  return `${text}${text.endsWith('/') ? '' : '/'}${name}`
}

async function fetchBytes(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  const response = await fetch(url, signal ? { signal } : {}).catch((cause: unknown) => {
    if (signal?.aborted) throw cause
    throw new VatunError('io', `fetchBundle: ${url} cannot be fetched, check the address of the folder`, { cause })
  })
  if (!response.ok)
    throw new VatunError(
      'io',
      `fetchBundle: the server answered ${response.status} to ${url}, check the address of the folder`,
    )
  return new Uint8Array(await response.arrayBuffer())
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch (cause) {
    throw new VatunError('bad-input', `fetchBundle: ${manifestFile} is not JSON, is the folder a bundle?`, { cause })
  }
}

/** Width and height from the header of a PNG (PNG specification, third edition, 5.2 and 11.2.1). */
function pngSize(bytes: Uint8Array): { readonly width: number; readonly height: number } {
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  if (bytes.length < 24 || signature.some((byte, i) => bytes[i] !== byte))
    throw new VatunError('bad-input', 'fetchBundle: sprites.png is not a PNG picture, write the bundle again')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  return { width: view.getUint32(16), height: view.getUint32(20) }
}

function sheetOf(
  url: string,
  size: { readonly width: number; readonly height: number },
  indices: Int32Array,
): SpriteSheet {
  const rows = Math.max(1, Math.ceil(indices.length / spriteColumns))
  return {
    url,
    tileWidth: size.width / spriteColumns,
    tileHeight: size.height / rows,
    columns: spriteColumns,
    rows,
    indices,
  }
}
