import * as tf from '@tensorflow/tfjs-core'
import { VatunError } from './errors.js'
import { type ByteLocation, readBytes } from './read-bytes.js'
import { sha256 } from './sha256.js'

/** A tfjs model as read from its files. */
export interface TfjsArtifacts {
  readonly format: 'tfjs-layers' | 'tfjs-graph'
  readonly topology: Readonly<Record<string, unknown>>
  /** Names, shapes and types of the weights, in the order of their bytes. */
  readonly weightSpecs: readonly tf.io.WeightsManifestEntry[]
  readonly weightBytes: Uint8Array
  /** Which nodes of a graph are inputs and outputs, if the file tells. */
  readonly signature?: unknown
  /** SHA-256 over `model.json` and the weight files, hex. */
  readonly hash: string
}

/** Bytes of a `model.json` at most: it describes a network, the weights lie in other files. */
const MAX_JSON_BYTES = 2 ** 26

/**
 * Reads `model.json` and the weight files that it names, which lie beside it or in folders below.
 * @throws VatunError `not-found` or `io` for files, `bad-input` for what is not a tfjs model, incomplete or outside the folder.
 */
export async function readTfjsArtifacts(location: ByteLocation, where: string): Promise<TfjsArtifacts> {
  const json = await readBytes(location, where, { limit: MAX_JSON_BYTES })
  const { format, topology, groups, signature } = parse(json, `${where}: ${String(location)}`)
  const files: Uint8Array[] = []
  for (const { paths, weights } of groups) {
    const expected = weights.reduce((sum, spec) => sum + byteLength(spec, where), 0)
    const places = paths.map((path) => beside(location, path, where))
    const shards = await Promise.all(places.map((place) => readBytes(place, where, { limit: expected })))
    const found = shards.reduce((sum, shard) => sum + shard.length, 0)
    if (found !== expected)
      throw new VatunError(
        'bad-input',
        `${where}: ${paths.join(', ')} hold ${found} bytes, model.json expects ${expected}`,
      )
    files.push(...shards)
  }
  const weightSpecs = groups.flatMap(({ weights }) => weights)
  const all = join([json, ...files])
  return {
    format,
    topology,
    weightSpecs,
    weightBytes: all.subarray(json.length),
    signature,
    hash: await sha256(all),
  }
}

/** Reads a graph model that is in memory, by saving it. @throws VatunError `bad-input` for anything else */
export async function artifactsOf(
  model: { save(handler: tf.io.IOHandler): Promise<tf.io.SaveResult> },
  where: string,
): Promise<TfjsArtifacts> {
  let saved: tf.io.ModelArtifacts = {}
  await model.save({
    save: async (artifacts) => {
      saved = artifacts
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
    },
  })
  const { modelTopology: topology, weightSpecs = [], weightData = new ArrayBuffer(0), signature } = saved
  if (!isObject(topology)) throw new VatunError('bad-input', `${where}: the model in memory has no topology`)
  const parts = (Array.isArray(weightData) ? weightData : [weightData]).map((part) => new Uint8Array(part))
  const description = new TextEncoder().encode(JSON.stringify(topology))
  const all = join([description, ...parts])
  return {
    format: Array.isArray(topology.node) ? 'tfjs-graph' : 'tfjs-layers',
    topology,
    weightSpecs,
    weightBytes: all.subarray(description.length),
    signature: signature ?? saved.userDefinedMetadata?.signature,
    hash: await sha256(all),
  }
}

/** Tells which of the two tfjs formats a `model.json` has, without reading its weights. @throws VatunError as {@link readTfjsArtifacts} */
export async function readTfjsFormat(location: ByteLocation, where: string): Promise<TfjsArtifacts['format']> {
  return parse(await readBytes(location, where, { limit: MAX_JSON_BYTES }), `${where}: ${String(location)}`).format
}

/** The weights as tensors by their names, which the caller owns; those of an optimizer are left out. @throws VatunError `bad-input` */
export function decodeWeights(
  { weightSpecs, weightBytes }: Pick<TfjsArtifacts, 'weightSpecs' | 'weightBytes'>,
  where: string,
): Map<string, tf.Tensor> {
  const weights = new Map<string, tf.Tensor>()
  let offset = 0
  try {
    for (const spec of weightSpecs) {
      const end = offset + byteLength(spec, where)
      if (weights.has(spec.name)) throw new VatunError('bad-input', `${where}: two weights are named "${spec.name}"`)
      if (spec.group !== 'optimizer') {
        weights.set(spec.name, decode(spec, weightBytes.slice(offset, end), where))
      }
      offset = end
    }
    return weights
  } catch (error) {
    tf.dispose([...weights.values()])
    throw error
  }
}

function decode(spec: tf.io.WeightsManifestEntry, bytes: Uint8Array<ArrayBuffer>, where: string): tf.Tensor {
  try {
    return tf.io.decodeWeights(bytes.buffer, [spec])[spec.name]!
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `${where}: weight "${spec.name}": ${reason}`, { cause: error })
  }
}

interface Group {
  readonly paths: readonly string[]
  readonly weights: readonly tf.io.WeightsManifestEntry[]
}

function parse(json: Uint8Array, at: string) {
  const model = parseJson(json, at)
  const { modelTopology: topology, weightsManifest: groups } = model
  if (!isObject(topology) || !Array.isArray(groups))
    throw new VatunError('bad-input', `${at} has no modelTopology and weightsManifest, expected a tfjs model`)
  for (const [i, group] of groups.entries()) {
    const { paths, weights } = isObject(group) ? group : {}
    if (!Array.isArray(paths) || !paths.every((path) => typeof path === 'string') || !Array.isArray(weights))
      throw new VatunError('bad-input', `${at}: group ${i + 1} of weightsManifest has no paths and weights`)
    for (const [j, spec] of weights.entries())
      if (!isObject(spec) || typeof spec.name !== 'string' || !Array.isArray(spec.shape))
        throw new VatunError('bad-input', `${at}: weight ${j + 1} of weightsManifest has no name and shape`)
  }
  const format: TfjsArtifacts['format'] =
    model.format === 'graph-model' || Array.isArray(topology.node) ? 'tfjs-graph' : 'tfjs-layers'
  const metadata = isObject(model.userDefinedMetadata) ? model.userDefinedMetadata : {}
  return { format, topology, groups: groups as Group[], signature: model.signature ?? metadata.signature }
}

function parseJson(json: Uint8Array, at: string): Record<string, unknown> {
  try {
    const model: unknown = JSON.parse(new TextDecoder().decode(json))
    return isObject(model) ? model : {}
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new VatunError('bad-input', `${at} is not JSON (${reason})`, { cause: error })
  }
}

/** Narrows parsed JSON to an object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function beside(location: ByteLocation, path: string, where: string): ByteLocation {
  const parts = path.split(/[/\\]/)
  let decoded: string[]
  try {
    decoded = parts.map((part) => decodeURIComponent(part))
  } catch {
    decoded = parts
  }
  const leaves = /^([a-z][a-z\d+.-]*:|[/\\])/i.test(path) || [...parts, ...decoded].includes('..')
  if (path === '' || leaves || decoded.some((part) => /[/\\\0]/.test(part)))
    throw new VatunError('bad-input', `${where}: weights path "${path}" leaves the folder of model.json`, {
      details: { path },
    })
  const text = String(location)
  if (/^[a-z][a-z\d+.-]+:/i.test(text)) return new URL(path, text)
  return text.replace(/[^/\\]*$/, '') + path
}

const BYTES: Readonly<Record<string, number>> = {
  float32: 4,
  int32: 4,
  bool: 1,
  uint8: 1,
  uint16: 2,
  float16: 2,
}

function byteLength({ name, shape, dtype, quantization }: tf.io.WeightsManifestEntry, where: string): number {
  const stored = quantization?.dtype ?? dtype
  const bytes = Object.hasOwn(BYTES, stored) ? BYTES[stored] : undefined
  if (bytes === undefined)
    throw new VatunError(
      'unsupported',
      `${where}: weight "${name}" is of type ${stored}, expected ${Object.keys(BYTES).join(', ')}`,
    )
  if (!shape.every((size) => Number.isInteger(size) && size >= 0))
    throw new VatunError('bad-input', `${where}: weight "${name}" has shape [${shape.join(', ')}]`)
  return shape.reduce((a, b) => a * b, bytes)
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
