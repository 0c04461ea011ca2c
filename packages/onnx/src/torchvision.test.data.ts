import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { decode } from './open-program.js'
import type { ModelProto } from './proto.js'

type Span = readonly [start: number, end: number]

interface Header {
  readonly name: string
  readonly opset: number
  readonly batch: number | null
  readonly size: number
  readonly weights: Readonly<Record<string, readonly [seed: number, offset: number, scale: number]>>
  readonly convs: readonly (readonly [path: string, filters: number])[]
  readonly model: Span
  readonly logits: Span
  readonly gradient?: Span
}

/** A torchvision classifier of ten classes, with what PyTorch computes for {@link images}. */
export interface TorchvisionModel extends Pick<Header, 'name' | 'opset' | 'size' | 'convs'> {
  /** @param change Changes the bytes of the graph before they are read. @throws VatunError where they cannot be read. */
  readonly model: (change?: (bytes: Uint8Array) => void) => ModelProto
  /** `[2, 10]` */
  readonly logits: () => Float32Array
  /** Of the largest logit of the first image by its pixels, `[1, size, size, 3]`, for some models. */
  readonly gradient: () => Float32Array | undefined
}

/** Reads what `scripts/export_torchvision.py` has written, and gives the graphs their weights. */
export function readTorchvision(): TorchvisionModel[] {
  const bytes = new Uint8Array(gunzipSync(readFileSync(new URL('./fixtures/torchvision.bin.gz', import.meta.url))))
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const headers: Header[] = JSON.parse(new TextDecoder().decode(bytes.subarray(4, start)))
  const blob = ([from, to]: Span) => bytes.slice(start + from, start + to)
  return headers.map(({ name, opset, size, convs, weights, ...spans }) => ({
    name,
    opset,
    size,
    convs,
    model: (change) => {
      const graph = blob(spans.model)
      change?.(graph)
      return withWeights(decode(graph), weights)
    },
    logits: () => new Float32Array(blob(spans.logits).buffer),
    gradient: () => spans.gradient && new Float32Array(blob(spans.gradient).buffer),
  }))
}

function withWeights(model: ModelProto, weights: Header['weights']): ModelProto {
  for (const tensor of model.graph?.initializer ?? []) {
    const formula = weights[tensor.name ?? '']
    // Damaged sizes stay without data.
    if (!formula || tensor.dims.reduce((a, b) => a * b, 1) > 2 ** 24 || tensor.dims.some((d) => d < 0)) continue
    const [seed, offset, scale] = formula
    const size = tensor.dims.reduce((a, b) => a * b, 1)
    tensor.rawData = new Uint8Array(uniform(size, seed, offset, scale).buffer)
  }
  return model
}

/** `n` numbers in `offset ± scale`, a hash of their index: the formula of the script. */
export function uniform(n: number, seed: number, offset = 0, scale = 1): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => {
    let h = (Math.imul(i + 1, 2654435761) + seed * 97531) | 0
    h ^= h >>> 16
    h = Math.imul(h, 2246822519)
    h ^= h >>> 13
    return offset + scale * ((h >>> 0) / 2 ** 31 - 1)
  })
}

/** The two images of the fixtures, in the order of PyTorch: `[2, 3, size, size]`. */
export function images(size: number): Float32Array {
  return uniform(2 * 3 * size * size, 1)
}
