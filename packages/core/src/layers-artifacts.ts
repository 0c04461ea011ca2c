import type { io } from '@tensorflow/tfjs-core'
import { toVatunError, VatunError } from './errors.js'
import { type ByteLocation, readBytes } from './read-bytes.js'
import { sha256 } from './sha256.js'

/** A tfjs layers model as read from its files. */
export interface LayersArtifacts {
  readonly artifacts: io.ModelArtifacts
  /** SHA-256 over `model.json` and the weight files, hex. */
  readonly hash: string
}

/**
 * Reads `model.json` and the weight files that it names, which lie beside it.
 * @throws VatunError `not-found` or `io` for files, `bad-input` for what is not a tfjs layers model or incomplete.
 */
export async function readLayersArtifacts(location: ByteLocation): Promise<LayersArtifacts> {
  const json = await readBytes(location, 'openLayersModel')
  const model = parse(json, String(location))
  const paths = model.weightsManifest.flatMap((group) => group.paths)
  const files = await Promise.all(paths.map((path) => readBytes(beside(location, path), 'openLayersModel')))
  const weightSpecs = model.weightsManifest.flatMap((group) => group.weights)
  const weightData = join(files)
  const expected = weightSpecs.reduce((sum, spec) => sum + byteLength(spec), 0)
  if (weightData.byteLength !== expected)
    throw new VatunError(
      'bad-input',
      `openLayersModel: ${paths.join(', ')} hold ${weightData.byteLength} bytes, model.json expects ${expected}`,
    )
  const hash = await sha256(join([json, new Uint8Array(weightData)]))
  return { artifacts: { modelTopology: model.modelTopology, weightSpecs, weightData: weightData.buffer }, hash }
}

function parse(json: Uint8Array, location: string): io.ModelJSON {
  try {
    const model = JSON.parse(new TextDecoder().decode(json)) as Partial<io.ModelJSON> | null
    if (model?.format === 'graph-model')
      throw new VatunError('unsupported', `openLayersModel: ${location} is a graph model, expected a layers model`)
    if (typeof model?.modelTopology !== 'object' || !Array.isArray(model.weightsManifest))
      throw new VatunError('bad-input', `openLayersModel: ${location} has no modelTopology and weightsManifest`)
    return model as io.ModelJSON
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new VatunError('bad-input', `openLayersModel: ${location} is not JSON (${error.message})`, { cause: error })
    throw toVatunError(error, 'openLayersModel')
  }
}

function beside(location: ByteLocation, path: string): ByteLocation {
  const text = String(location)
  if (/^[a-z][a-z\d+.-]+:/i.test(text)) return new URL(path, text)
  return text.replace(/[^/\\]*$/, '') + path
}

const BYTES: Record<string, number> = { float32: 4, int32: 4, bool: 1, uint8: 1, uint16: 2, float16: 2, complex64: 8 }

function byteLength({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  const bytes = BYTES[quantization?.dtype ?? dtype]
  if (bytes === undefined)
    throw new VatunError('unsupported', `openLayersModel: weights of type ${dtype} are not supported`)
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
