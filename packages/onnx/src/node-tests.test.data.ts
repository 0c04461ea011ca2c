import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type Constant, readConstant } from './constant.js'
import { Model, type ModelProto, Tensor } from './proto.js'

/** One of ONNX's backend node tests: a model of one node, or of some, with inputs and expected outputs. */
export interface NodeTest {
  readonly name: string
  readonly model: () => ModelProto
  readonly inputs: () => readonly Constant[]
  readonly outputs: () => readonly Constant[]
}

type Span = readonly [start: number, end: number]

/** Reads what `scripts/pack_node_tests.py` has packed. */
export function readNodeTests(): NodeTest[] {
  const file = new URL('./fixtures/node-tests.bin.gz', import.meta.url)
  const bytes = new Uint8Array(gunzipSync(readFileSync(file)))
  const start = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const header: { name: string; model: Span; inputs: Span[]; outputs: Span[] }[] = JSON.parse(
    new TextDecoder().decode(bytes.subarray(4, start)),
  )
  const blob = ([from, to]: Span) => bytes.subarray(start + from, start + to)
  const tensors = (spans: readonly Span[]) => () => spans.map((span) => readConstant(Tensor.read(blob(span)), 'test'))
  return header.map(({ name, model, inputs, outputs }) => ({
    name,
    model: () => Model.read(blob(model)),
    inputs: tensors(inputs),
    outputs: tensors(outputs),
  }))
}
