import type { AttributeProto, ModelProto, NodeProto, TensorProto } from './proto.js'

/** Deterministic values that are not symmetric in any way. */
export function values(n: number, seed: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.sin((i + 1) * 12.9898 + seed * 78.233) / 2)
}

/** An integer, integers, a text, a float or floats. */
export type AttributeValue = number | readonly number[] | string | { float: number } | { floats: readonly number[] }

function attribute(name: string, value: AttributeValue): AttributeProto {
  const empty = { name, f: undefined, i: undefined, s: undefined, t: undefined, floats: [], ints: [] }
  if (typeof value === 'number') return { ...empty, i: value }
  if (typeof value === 'string') return { ...empty, s: new TextEncoder().encode(value) }
  if ('float' in value) return { ...empty, f: value.float }
  return 'floats' in value ? { ...empty, floats: [...value.floats] } : { ...empty, ints: [...value] }
}

/** A node called by its first output. */
export function node(
  opType: string,
  input: string[],
  output: string | string[],
  attributes: Record<string, AttributeValue> = {},
): NodeProto {
  const outputs = [output].flat()
  const list = Object.entries(attributes).map(([name, value]) => attribute(name, value))
  return { opType, input, output: outputs, name: outputs[0], attribute: list, domain: '' }
}

/** A constant of float32 (type 1) or int64 (type 7). */
export function initializer(name: string, dims: number[], data: number[], dataType = 1): TensorProto {
  const empty = { rawData: undefined, doubleData: [], int32Data: [], externalData: [], dataLocation: undefined }
  const of = (type: number) => (dataType === type ? data : [])
  return { ...empty, name, dims, dataType, floatData: of(1), int64Data: of(7) }
}

/** A constant list of int64. */
export const ints = (name: string, list: number[]): TensorProto => initializer(name, [list.length], list, 7)

/** A constant number of float32. */
export const scalar = (name: string, value: number): TensorProto => initializer(name, [], [value])

/** A model with the input `x`; sizes that are texts are open. */
export function model(
  dims: readonly (number | string)[],
  nodes: NodeProto[],
  initializers: TensorProto[],
  outputs: readonly string[],
  opset = 13,
): ModelProto {
  const dim = dims.map((d) => (typeof d === 'number' ? { value: d, param: undefined } : { value: undefined, param: d }))
  return {
    irVersion: 8,
    opsetImport: [{ domain: '', version: opset }],
    graph: {
      node: nodes,
      initializer: initializers,
      input: [{ name: 'x', type: { tensorType: { elemType: 1, shape: { dim } } } }],
      output: outputs.map((name) => ({ name, type: undefined })),
    },
  }
}
