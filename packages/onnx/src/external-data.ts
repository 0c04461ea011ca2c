import { readBytes, VatunError } from '@vatun/core'
import type { ModelProto, TensorProto } from './proto.js'

/** The bytes of files beside a model, by the location that the model names. */
export type ExternalFiles = ReadonlyMap<string, Uint8Array>

/** Every tensor of a graph that may lie in another file. */
function* tensors({ graph }: ModelProto): Generator<TensorProto> {
  if (!graph) return
  yield* graph.initializer
  for (const node of graph.node) for (const { t } of node.attribute) if (t) yield t
}

/**
 * Reads the files beside a model that hold its weights.
 * @param base Path or URL of the model; undefined if only its bytes are known.
 * @throws VatunError `bad-input` for a location outside of the model's folder, `not-found` or `io` if a file cannot be read.
 */
export async function readExternalFiles(model: ModelProto, base: string | undefined): Promise<ExternalFiles> {
  const files = new Map<string, Uint8Array>()
  for (const tensor of tensors(model)) {
    if (tensor.dataLocation !== 1) continue
    const location = entry(tensor, 'location') ?? ''
    const where = `openOnnx: initializer "${tensor.name ?? ''}"`
    if (files.has(location)) continue
    if (!staysInside(location))
      throw new VatunError('bad-input', `${where}: its data lie at "${location}", outside of the model's folder`, {
        details: { location },
      })
    if (base === undefined)
      throw new VatunError(
        'bad-input',
        `${where}: its data lie in "${location}" beside the model, open the model by its path or URL`,
        { details: { location } },
      )
    files.set(location, await readBytes(beside(base, location), 'openOnnx'))
  }
  return files
}

/** The part of an external file that holds a tensor's data, or undefined if they are in the model. */
export function externalBytes(tensor: TensorProto, files: ExternalFiles, where: string): Uint8Array | undefined {
  if (tensor.dataLocation !== 1) return undefined
  const file = files.get(entry(tensor, 'location') ?? '')
  if (!file) return undefined
  const number = (key: string, fallback: number) => {
    const text = entry(tensor, key)
    return text === undefined || text === '' ? fallback : Number(text)
  }
  const offset = number('offset', 0)
  const length = number('length', file.length - offset)
  if (Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0)
    if (offset + length <= file.length) return file.subarray(offset, offset + length)
  throw new VatunError(
    'bad-input',
    `${where}: its data are said to be ${length} bytes at ${offset} of a file of ${file.length} bytes`,
  )
}

function entry(tensor: TensorProto, key: string): string | undefined {
  return tensor.externalData.find((item) => item.key === key)?.value
}

/** A relative path that no step leads out of the folder. */
function staysInside(location: string): boolean {
  if (location === '' || /^[/\\]|[\0:?#%]|\\/.test(location)) return false
  return location.split('/').every((part) => part !== '..' && part !== '')
}

function beside(base: string, location: string): string {
  if (/^[a-z][a-z\d+.-]+:/i.test(base)) return new URL(location, base).href
  return `${base.slice(0, Math.max(base.lastIndexOf('/'), base.lastIndexOf('\\')) + 1)}${location}`
}
